"""OpenTelemetry traces: off unless an OTLP endpoint is set, and then to that endpoint alone."""

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext

from opentelemetry import trace
from opentelemetry.trace import SpanKind
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_propagator = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("yika")
_exporting = False


def configure_tracing(service: str, endpoint: str) -> None:
    """Starts exporting spans when `endpoint` is set; a lost collector costs spans, not requests."""
    if not endpoint:
        return
    # Imported here: the exporter adds half a second to a start that does not need it.
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": f"yika-{service}"}))
    insecure = not endpoint.startswith("https://")
    # The last spans are sent at the end of the process, which a lost collector must not hold up.
    exporter = OTLPSpanExporter(endpoint=endpoint, insecure=insecure, timeout=2)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    global _exporting
    _exporting = True


def current_traceparent() -> str:
    """The W3C traceparent of the current span; empty when nothing is traced."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent", "")


def span_below(
    carrier: Mapping[str, str], name: str, kind: SpanKind
) -> AbstractContextManager[object]:
    """A span below the one that a carrier (RPC metadata, event headers) names.

    Nothing while nobody traces, neither here nor there: a span costs as much as a small query.
    """
    if not (_exporting or carrier.get("traceparent")):
        return nullcontext()
    context = _propagator.extract(dict(carrier))
    return _tracer.start_as_current_span(name, context=context, kind=kind)
