"""What the environment tells the service: each variable, its default, its mistakes."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PositiveInt,
    ValidationError,
)

from intake.origins import origin_of
from intake.spam import AKISMET
from newsroom.wording import did_you_mean

PREFIX = "COMMENTS_"


class ConfigError(Exception):
    """The environment cannot be used; the message names each variable and a remedy."""


@dataclass(frozen=True)
class Place:
    """Where a server listens: an IP address and a port."""

    host: str
    port: int


def _place(text: str) -> Place:
    host, _, port = text.rpartition(":")
    try:
        return Place(str(ip_address(host.strip("[]"))), _port(port))
    except ValueError:
        raise ValueError(
            "is no IP address and port, such as 127.0.0.1:8100 or [::1]:8100"
        ) from None


def _port(text: str) -> int:
    highest = 65_535
    if text.isascii() and text.isdecimal() and int(text) <= highest:
        return int(text)
    raise ValueError


def _networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    try:
        return tuple(
            ip_network(name.strip()) for name in text.split(",") if name.strip()
        )
    except ValueError as error:
        raise ValueError(
            f"{error}; write addresses or networks with commas between, such as "
            "127.0.0.1, 10.0.0.0/8"
        ) from None


def _origins(text: str) -> frozenset[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if wrong := [name for name in names if origin_of(name) is None]:
        raise ValueError(f"{wrong[0]} is no web address, such as http://127.0.0.1:8000")
    return frozenset(filter(None, map(origin_of, names)))


def _web_address(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme in {"http", "https"} and parts.hostname:
        return text.rstrip("/")
    raise ValueError("is no web address, such as https://rest.akismet.com")


class Config(BaseModel):
    """The variables of the service and the desk, of which README has a table."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    COMMENTS_LISTEN: Annotated[Any, BeforeValidator(_place)] = "127.0.0.1:8100"
    COMMENTS_STORIES: str = Field("output/comments.json", min_length=1)
    COMMENTS_QUEUE: Path = Path(".comments/queue.db")
    COMMENTS_QUEUE_MB: PositiveInt = 256
    COMMENTS_PROXIES: Annotated[Any, BeforeValidator(_networks)] = ""
    COMMENTS_ORIGINS: Annotated[Any, BeforeValidator(_origins)] = ""
    COMMENTS_LIMIT: PositiveInt = 5
    COMMENTS_AKISMET_KEY: str = ""
    COMMENTS_AKISMET_URL: Annotated[str, AfterValidator(_web_address)] = AKISMET


def read(environment: Mapping[str, str]) -> Config:
    """Return what the variables say, or raise ConfigError with every mistake."""
    given = {
        name: value.strip()
        for name, value in environment.items()
        if name.startswith(PREFIX)
    }
    try:
        return Config.model_validate(given)
    except ValidationError as error:
        mistakes = [_sentence(detail) for detail in error.errors()]
        raise ConfigError("\n".join(mistakes)) from None


def _sentence(detail: Any) -> str:
    name = str(detail["loc"][0])
    if detail["type"] == "extra_forbidden":
        hint = did_you_mean(name, tuple(Config.model_fields))
        return f"{name} is no variable of the comments' service{hint}"
    message = detail["msg"].removeprefix("Value error, ")
    return f'{name}="{detail["input"]}": {message}'
