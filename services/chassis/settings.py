"""Settings of a service, from YIWANG_… variables: read once, in its composition root, and handed on as values."""

from typing import Annotated

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What every service must be told; a service's own settings derive from it."""

    model_config = SettingsConfigDict(env_prefix="YIWANG_", frozen=True, extra="ignore")

    kafka: Annotated[str, Field(description="host:port of one or more brokers, by comma", min_length=3)]
    mongo: Annotated[str, Field(description="MongoDB connection string", pattern=r"^mongodb(\+srv)?://")]
    namespace: Annotated[
        str, Field(description="put before topics, groups and databases", pattern=r"^[a-z0-9.-]*$")
    ] = ""
    http_host: str = "127.0.0.1"
    http_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    tokens: Annotated[str | None, Field(description="path of the tokens' settings file (TOML)")] = None
    member: Annotated[str | None, Field(description="a stable name makes this a static group member")] = None
    log_level: Annotated[str, Field(pattern="^(DEBUG|INFO|WARNING|ERROR)$")] = "INFO"
    batch_records: Annotated[int, Field(ge=1, le=10_000)] = 200
    tick_seconds: Annotated[float, Field(gt=0, le=60)] = 1.0
    timeline: Annotated[bool, Field(description="time goes by the steps of a driver: for demonstrations alone")] = False

    @property
    def brokers(self) -> list[str]:
        """The brokers as a list."""
        return [broker.strip() for broker in self.kafka.split(",")]

    def database(self, service: str) -> str:
        """The name of a service's own database; a dot may not stand in one."""
        return f"{self.namespace}yiwang-{service}".replace(".", "-")
