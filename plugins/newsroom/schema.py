"""What a header may say: the keys of stories and pages, and what is wrong with others.

The examples are shown to an author who left a key out, and they stand in for a value
that cannot be used, so that one run can go on and find every other mistake.
"""

import re
from collections.abc import Callable
from datetime import datetime, time
from difflib import get_close_matches
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from newsroom import old_address
from newsroom.device import DEVICE
from newsroom.header import Header
from newsroom.wording import did_you_mean

DATE = re.compile(
    r"\d{4}-\d\d-\d\d"
    r"(?:[ T]\d\d:\d\d(?::\d\d)?(?: ?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d))?)?",
    re.ASCII,
)
SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
# Not those of a desk, as "Arts & Culture desk", or of a pair, as "Mia and Tom Kay".
TWO_NAMES = re.compile(r"\S+ .*\S\s+(and|&)\s+[^\W\d_]\S* .*", re.IGNORECASE)
# Beyond these, a time zone or a day more leaves the calendar of computers.
YEARS = range(1000, 9000)
MOST_NAMES = 50
KINDS = ("news", "analysis", "opinion", "fact-check")
# Keys that only say something about another: a mistake of theirs is shown there.
ABOUT = {"alt": "image", "credit": "image", "caption": "image"}


def mistake(
    sentence: str, key: str = "", kind: Literal["mistake", "surplus"] = "mistake"
) -> PydanticCustomError:
    """Return an error that says `sentence` about `key`, where that is not plain."""
    return PydanticCustomError(kind, "{sentence}", {"sentence": sentence, "key": key})


def _one_of(*allowed: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value in allowed:
            return value
        raise mistake(
            f'"{value}" is none of {", ".join(allowed)}{did_you_mean(value, allowed)}'
        )

    return check


def _date(value: Any) -> datetime:
    if isinstance(value, str) and DATE.fullmatch(value):
        try:
            date = datetime.fromisoformat(value.replace(" +", "+").replace(" -", "-"))
        except ValueError as error:
            raise mistake(f'"{value}" is no date: {error}') from error
        if date.year in YEARS:
            return date
        raise mistake(f'"{value}" is no date of a story: write its year in full')
    raise mistake(
        f'"{value}" is no date; write 2026-11-22, or 2026-11-22 14:30, '
        "or 2026-11-22 14:30 +01:00"
    )


def _slug(value: str) -> str:
    if DEVICE.fullmatch(value):
        raise mistake(f'"{value}" is the name of a device on Windows; choose another')
    if SLUG.fullmatch(value):
        return value
    raise mistake(
        f'"{value}" cannot be an address; use small letters, digits and single '
        "hyphens: war-and-peace"
    )


def _names(value: Any) -> Any:
    """Several names in one line, between commas, or semicolons as Pelican allows."""
    if not isinstance(value, str):
        return value
    separator = ";" if ";" in value else ","
    names = [name for name in map(str.strip, value.split(separator)) if name]
    if len(names) > MOST_NAMES:
        raise mistake(f"these are {len(names):,} names; at most {MOST_NAMES} are taken")
    return names


def _old_addresses(value: Any) -> Any:
    """Return where the pages at old addresses are, which have commas between."""
    if not isinstance(value, str):
        return value
    places: list[str] = []
    for typed in filter(None, re.split(r"[,\s]+", value)):
        try:
            place = old_address.place(typed)
        except ValueError as error:
            raise mistake(str(error)) from error
        if place in places:
            raise mistake(f'"{typed}" stands here twice; once is enough')
        places.append(place)
    return places


def _nameable(value: str) -> str:
    # Pelican leaves out what looks like markup when it makes an address.
    if not any(map(str.isalnum, re.sub(r"<[^>]*>", "", value))):
        raise mistake(f'"{value}" has no letter or digit to make an address of')
    if DEVICE.fullmatch(value):
        raise mistake(f'"{value}" is the name of a device on Windows; choose another')
    return value


def _one_name(value: str) -> str:
    if TWO_NAMES.fullmatch(value):
        raise mistake(f'"{value}" are two names; put a comma between names')
    return value


def _at_most(most: int) -> Callable[[str], str]:
    def check(value: str) -> str:
        if len(value) <= most:
            return value
        raise mistake(f"this has {len(value):,} characters, and may have {most:,}")

    return check


def _precedes(one: datetime, other: datetime) -> bool:
    """Compare to the minute where both say one, and in zones where both say theirs."""
    timed = all(date.tzinfo or date.time() != time.min for date in (one, other))
    if timed and bool(one.tzinfo) == bool(other.tzinfo):
        return one < other
    return one.date() < other.date()


_Any = Annotated[str, StringConstraints(min_length=1)]
Text = Annotated[_Any, AfterValidator(_at_most(2_000))]
Line = Annotated[_Any, AfterValidator(_at_most(300))]
Name = Annotated[_Any, AfterValidator(_at_most(120)), AfterValidator(_nameable)]
Date = Annotated[datetime, BeforeValidator(_date)]
Slug = Annotated[str, AfterValidator(_slug)]
OldAddresses = Annotated[
    list[str], BeforeValidator(_old_addresses), Field(min_length=1)
]
Names = Annotated[
    list[Annotated[Name, AfterValidator(_one_name)]],
    BeforeValidator(_names),
    Field(min_length=1),
]


class AnyKeys(BaseModel):
    """The header of any file: keys that are not among its fields are mistakes."""

    # Built when the first is read, which is in few builds.
    model_config = ConfigDict(
        extra="forbid", str_strip_whitespace=True, defer_build=True
    )


class _Header(AnyKeys):
    title: Line = Field(examples=["Ministry withdraws its figure"])
    summary: Text = Field(examples=["What happened, in one or two sentences."])
    slug: Slug | None = None
    modified: Date | None = None
    status: Annotated[str, AfterValidator(_one_of("published", "draft"))] = "published"
    redirect_from: OldAddresses = Field([], alias="redirect-from")


class PageHeader(_Header):
    """The header of a page that is no story: About, Contact and their like."""


class StoryHeader(_Header):
    """The header of a story."""

    date: Date = Field(examples=["2026-11-22"])
    category: Name = Field(examples=["World"])
    author: Names | None = Field(None, examples=["Standfirst newsdesk"])
    authors: Names | None = None
    tags: Annotated[list[Name], BeforeValidator(_names)] = []
    dateline: Line | None = None
    kind: Annotated[str, AfterValidator(_one_of(*KINDS))] = "news"
    image: Line | None = None
    alt: Text | None = Field(None, examples=["Two aircraft on a runway"])
    credit: Text | None = Field(None, examples=["A Photographer / Agency"])
    caption: Text | None = None
    comments: Annotated[str, AfterValidator(_one_of("open", "closed"))] = "open"

    @model_validator(mode="after")
    def _has_a_byline(self) -> "StoryHeader":
        if self.author and self.authors:
            raise mistake('"Author" and "Authors" are one key; keep one', "authors")
        if not (self.author or self.authors):
            raise mistake(
                'missing key "Author"; add a line such as "Author: A Reporter"',
                "author",
            )
        return self

    @model_validator(mode="after")
    def _is_modified_after_its_date(self) -> "StoryHeader":
        if self.modified and _precedes(self.modified, self.date):
            raise mistake('"Modified" is before "Date"', "modified")
        return self

    @model_validator(mode="after")
    def _describes_its_image(self) -> "StoryHeader":
        about = {"alt": self.alt, "credit": self.credit, "caption": self.caption}
        for key, given in about.items():
            if self.image and not given and key != "caption":
                raise mistake(
                    '"Image" needs "Alt" (what it shows, for who cannot see it) and '
                    f'"Credit" (whose it is); "{key.title()}" is missing',
                    key,
                )
            if given and not self.image:
                raise mistake(
                    f'"{key.title()}" describes an "Image", and there is none',
                    key,
                    "surplus",
                )
        return self


AnyHeader = TypeVar("AnyHeader", bound=AnyKeys)


def keys(model: type[AnyKeys]) -> dict[str, FieldInfo]:
    """Return the keys that a header may have, in small letters."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def validate(
    header: Header, model: type[AnyHeader]
) -> tuple[AnyHeader, list[tuple[int, str]]]:
    """Hold `header` against `model`: its values, and every mistake as (line, message).

    A value with a mistake is replaced, so that what is returned can always be used.
    """
    values: dict[str, Any] = {key: field.value for key, field in header.fields.items()}
    misspelt = _misspelt(header, model)
    mistakes: list[tuple[int, str]] = []
    while True:
        try:
            return model.model_validate(values), mistakes
        except ValidationError as error:
            for detail in error.errors():
                key = str(detail.get("ctx", {}).get("key") or detail["loc"][0])
                if key not in misspelt:
                    message = _message(model, header, detail)
                    mistakes.append((_line(header, key), message))
                _replace(model, values, key, surplus=detail["type"] == "surplus")


def _misspelt(header: Header, model: type[AnyKeys]) -> set[str]:
    """Return the keys that are missing because they stand there with a slip."""
    unknown = header.fields.keys() - keys(model).keys()
    missing = sorted(keys(model).keys() - header.fields.keys())
    return {key for name in unknown for key in get_close_matches(name, missing, 1, 0.6)}


def _line(header: Header, key: str) -> int:
    for name in (key, ABOUT.get(key, "")):
        if name in header.fields:
            return header.fields[name].line
    return 1


def _message(model: type[AnyKeys], header: Header, detail: ErrorDetails) -> str:
    name = str(detail["loc"][0]) if detail["loc"] else ""
    written = header.fields.get(name)
    if name in keys(model) and written and not written.value:
        return f'"{name.title()}" is empty'
    if detail["type"] in {"mistake", "surplus"}:
        sentence: str = detail["msg"]
        return sentence
    if detail["type"] == "extra_forbidden":
        known = tuple(key.title() for key in keys(model))
        key = header.fields[name].key
        return f'unknown key "{key}"{did_you_mean(key, known)}'
    key = name.title()
    if detail["type"] == "missing":
        example = (keys(model)[name].examples or ["…"])[0]
        return f'missing key "{key}"; add a line such as "{key}: {example}"'
    return f'"{key}" is empty'


def _replace(
    model: type[AnyKeys], values: dict[str, Any], key: str, *, surplus: bool
) -> None:
    examples = keys(model)[key].examples if key in keys(model) else None
    if examples and values.get(key) != examples[0] and not surplus:
        values[key] = examples[0]
    else:
        values.pop(key, None)
