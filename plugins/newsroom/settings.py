"""Holds the site's own settings against what they must be, before anything is read."""

import posixpath
import re
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from annotated_types import Len
from pelican import Pelican
from pelican.plugins import signals
from pydantic import (
    AfterValidator,
    BaseModel,
    NonNegativeInt,
    PositiveInt,
    StringConstraints,
    ValidationError,
)

from newsroom.problems import report

FILE = Path("pelicanconf.py")


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError("is no time zone; Europe/Berlin and UTC are some")
    return name


def _folder(name: str) -> str:
    plain = posixpath.normpath(name)
    if name != plain or plain.startswith((".", "/")):
        raise ValueError(
            'is no plain name of a folder in content/; "articles" and "news/2026" are'
        )
    return name


Folder = Annotated[str, AfterValidator(_folder)]


class SiteSettings(BaseModel):
    """The settings that an owner changes, and where texts are.

    Pelican's others are Pelican's to check.
    """

    SITENAME: Annotated[str, StringConstraints(min_length=1)]
    SITESUBTITLE: str
    SITEURL: Annotated[
        str, StringConstraints(pattern=r"^https?://[^\s/]+(/[^\s?#]+)?$")
    ]
    NEWSDESK_EMAIL: Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$")]
    DESKS: list[str]
    TIMEZONE: Annotated[str, AfterValidator(_zone)]
    TEXT_DIRECTION: Literal["ltr", "rtl"]
    CONTENT_LICENCE: str
    CONTENT_LICENCE_URL: str
    METHOD_VERSION: str
    HSTS_PRELOAD: bool
    POLICY_PAGES: dict[str, str]
    SEARCH: bool
    DEFAULT_PAGINATION: PositiveInt
    FEED_MAX_ITEMS: PositiveInt
    FRONT_PAGE_STORIES: PositiveInt
    CARDS: bool
    COMMENTS_URL: Annotated[
        str, StringConstraints(pattern=r"^(https?://[^\s/;,'\"]+(/[^\s;,'\"]*)?)?$")
    ]
    COMMENTS_CLOSE_AFTER_DAYS: NonNegativeInt
    ARTICLE_PATHS: Annotated[list[Folder], Len(min_length=1)]
    PAGE_PATHS: list[Folder]


def _check(pelican: Pelican) -> None:
    """Report each setting that cannot be, at its line."""
    try:
        SiteSettings.model_validate(pelican.settings)
    except ValidationError as error:
        for detail in error.errors():
            name = str(detail["loc"][0])
            sentence = detail["msg"].removeprefix("Value error, ")
            value = "" if detail["type"] == "missing" else f" = {detail['input']!r}"
            report(FILE, line_of(name), f"{name}{value}: {sentence}")


def line_of(name: str) -> int:
    """Return where pelicanconf.py sets `name`, or 0."""
    lines = FILE.read_text("utf-8").splitlines() if FILE.exists() else []
    return next(
        (n for n, text in enumerate(lines, 1) if re.match(rf"{name}\b", text)), 0
    )


def register() -> None:
    """Check before the first file is read."""
    signals.initialized.connect(_check)
