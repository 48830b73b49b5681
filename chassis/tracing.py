"""OpenTelemetry traces: off unless an OTLP endpoint is set, and then to that endpoint alone."""

from collections.abc import Mapping

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

_propagator = TraceContextTextMapPropagator()
tracer = trace.get_tracer("yika")


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


def current_traceparent() -> str:
    """The W3C traceparent of the current span; empty when nothing is traced."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent", "")


def context_from(carrier: Mapping[str, str]) -> Context:
    """The trace context that a carrier (RPC metadata, event headers) brings."""
    return _propagator.extract(dict(carrier))
