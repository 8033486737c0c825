"""Holds the site's own settings against what they must be, before anything is read."""

import posixpath
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import available_timezones

from annotated_types import Len
from pelican import Pelican
from pelican.plugins import signals
from pelican.settings import DEFAULT_CONFIG
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    NonNegativeInt,
    PositiveInt,
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


def _like(pattern: str, sentence: str) -> AfterValidator:
    """Return what says `sentence` of a value that is not as the pattern."""

    def like(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(sentence)
        return value

    return AfterValidator(like)


Folder = Annotated[str, AfterValidator(_folder)]
SiteName = Annotated[str, _like(r"(?s).*\S.*", "is no name")]
Address = Annotated[
    str,
    _like(
        # In rules for hosts, other signs would end what it is in.
        r"https?://[\w.:\[\]-]+(/[\w.~%@+-]+)*",
        'is no address of a site; "https://news.example.org" is',
    ),
]
Email = Annotated[str, _like(r"[^@\s]+@[^@\s]+", "is no e-mail address")]
Service = Annotated[
    str,
    _like(
        r"(https?://[^\s/;,'\"]+(/[^\s;,'\"]*)?)?",
        'is no address; "https://comments.example.org/" is, and "" is for none',
    ),
]
# https://www.rfc-editor.org/info/bcp47
Language = Annotated[
    str,
    _like(
        r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*",
        'is no code of a language; "en" and "pt-BR" are',
    ),
]


class SiteSettings(BaseModel):
    """The settings that an owner changes, and where texts are.

    Pelican's others are Pelican's to check. As each is used as it is typed, "no" is not
    taken for False.
    """

    model_config = ConfigDict(strict=True)

    SITENAME: SiteName
    SITESUBTITLE: str
    SITEURL: Address
    NEWSDESK_EMAIL: Email
    DESKS: list[str]
    TIMEZONE: Annotated[str, AfterValidator(_zone)]
    DEFAULT_LANG: Language
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
    COMMENTS_URL: Service
    COMMENTS_CLOSE_AFTER_DAYS: NonNegativeInt
    ARTICLE_PATHS: Annotated[list[Folder], Len(min_length=1)]
    PAGE_PATHS: list[Folder]


def _check(pelican: Pelican) -> None:
    """Report each setting that cannot be, at its line."""
    settings = {**pelican.settings}
    if settings["SITENAME"] == DEFAULT_CONFIG["SITENAME"]:  # which nobody chose
        del settings["SITENAME"]
    others = settings.keys() - DEFAULT_CONFIG.keys() - SiteSettings.model_fields.keys()
    try:
        SiteSettings.model_validate(settings)
    except ValidationError as error:
        for detail in error.errors():
            name, sentence = str(detail["loc"][0]), detail["msg"]
            if detail["type"] != "missing":
                sentence = sentence.removeprefix("Value error, ")
                sentence = f"{name} = {detail['input']!r}: {sentence}"
                report(FILE, line_of(name), sentence)
            elif typed := get_close_matches(name, others, 1):
                sentence = f'{typed[0]} is no setting; did you mean "{name}"?'
                report(FILE, line_of(typed[0]), sentence)
            else:
                report(FILE, 0, f"{name} is missing; README says what it is")


def line_of(name: str) -> int:
    """Return where pelicanconf.py sets `name`, or 0."""
    lines = FILE.read_text("utf-8").splitlines() if FILE.exists() else []
    return next(
        (n for n, text in enumerate(lines, 1) if re.match(rf"{name}\b", text)), 0
    )


def register() -> None:
    """Check before the first file is read."""
    signals.initialized.connect(_check)
