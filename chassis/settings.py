"""Settings that every service has, read from the environment (prefix YIKA_).

A service adds its own in services/<name>/settings.py by inheriting. Units stand in the names.
"""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServiceSettings(BaseSettings):
    """What any service needs to run."""

    model_config = SettingsConfigDict(env_prefix="YIKA_", extra="ignore")

    listen_host: str = Field("127.0.0.1", description="Address that all ports listen on.")
    grpc_port: int = Field(0, ge=0, le=65535, description="Port of the gRPC API; 0 for none.")
    ops_port: int = Field(
        0, ge=0, le=65535, description="Port of /metrics, /healthz and /readyz; 0 for none."
    )
    http_port: int = Field(0, ge=0, le=65535, description="Port of the HTTP API; 0 for none.")

    database_url: str = Field(
        "", description="The service's own database, postgresql://user:password@host:port/name."
    )
    database_pool_size: int = Field(
        8,
        ge=1,
        le=200,
        description="Most connections per process; its hottest paths keep up to as many again.",
    )
    nats_url: str = Field("nats://127.0.0.1:4222", description="NATS with JetStream.")
    redis_url: str = Field("redis://127.0.0.1:6379/0", description="Redis or Valkey.")

    jwks: str = Field(
        "", description="Keys that sign callers' tokens: an http(s) address or a file's path."
    )
    token_issuer: str = Field("yika", description="Required `iss` of callers' tokens.")
    token_audience: str = Field("yika", description="Required `aud` of callers' tokens.")
    token_file: Path | None = Field(
        None, description="File with this service's own token; read again when it changes."
    )

    log_level: str = Field(
        "INFO",
        pattern="(?i)^(DEBUG|INFO|WARNING|ERROR)$",
        description="DEBUG, INFO, WARNING or ERROR.",
    )
    otlp_endpoint: str = Field(
        "", description="OTLP gRPC endpoint for traces, for example http://host:4317; off if empty."
    )
    shutdown_grace_seconds: float = Field(
        10.0, ge=0, description="How long running requests may finish after SIGTERM."
    )
    rpc_timeout_seconds: float = Field(
        30.0, gt=0, description="Longest time a request may take; its caller may set a shorter one."
    )
    outbox_poll_seconds: float = Field(
        0.25, gt=0, description="How often the relay looks for events of other replicas."
    )
    stream_replicas: int = Field(
        1, ge=1, le=5, description="Copies of a JetStream stream; raised, it adds what is missing."
    )
