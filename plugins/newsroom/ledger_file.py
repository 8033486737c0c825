"""Reads a ledger.toml: its evidence, and every mistake in it with its line."""

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from itertools import chain
from typing import Any, TypeVar

import rtoml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from newsroom.badge import Story
from newsroom.ledger import (
    Check,
    Claim,
    Correction,
    Evidence,
    Ledger,
    Review,
    Source,
    Withdrawal,
)
from newsroom.marks import hidden_marks
from newsroom.wording import did_you_mean, occurs, same_name

NAME = "ledger.toml"
TABLE = re.compile(r"\s*(?P<brackets>\[\[?)\s*(?P<path>[^\]#]+?)\s*\]\]?\s*(?:#.*)?")
KEY = re.compile(r"""\s*([\w-]+|"[^"]+"|'[^']+')\s*=""", re.ASCII)
# Strings of several lines; and what looks like one but is a string or a comment.
STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"""|\'\'\'.*?\'\'\''
    r'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\'|#[^\n]*',
    re.DOTALL,
)
# What TOML writes for a character that a file may not hold as it is.
ESCAPE = re.compile(r"\\[bfexuU]")
TOML_LINE = re.compile(r" at line (\d+) column \d+$")
# What a line that is no TOML may have been meant as.
MEANT = (
    (re.compile(r"=\s*\d+[./-]\d+[./-]\d"), "; a date is written as 2026-11-22"),
    (
        re.compile(r"=\s*\d+[./-]\d+\s*(?:#|$)"),
        '; a date is written as 2026-11-22, and in a timeline a month as "2026-11"',
    ),
    (re.compile(r"=\s*(?:#|$)"), "; give it a value, or take the line out"),
    (re.compile(r'=\s*".*"[^",#]+".*"'), '; a " inside of a text is written as \\"'),
    (re.compile(r"=\s*[“”„‟«»‘’‚]"), '; quotation marks are straight ones: "'),
)

Tables = Mapping[str | int, type[BaseModel]]

TABLES: Tables = {
    "sources": Source,
    "claims": Claim,
    "evidence": Evidence,
    "check": Check,
    "corrections": Correction,
    "review": Review,
    "withdrawn": Withdrawal,
}
# The dates that cannot be in the future.
DATES: dict[type, tuple[str, ...]] = {
    Check: ("on",),
    Withdrawal: ("on",),
    Source: ("date", "accessed"),
    Claim: ("said_on",),
    Correction: ("on",),
}

Mistake = tuple[int, str]
Place = tuple[str | int, ...]
Fault = tuple[Place, str]
Model = TypeVar("Model", bound=BaseModel)


def read(text: str) -> tuple[Ledger | None, list[Mistake]]:
    """Return the ledger, or None where it is none, and (line, message) mistakes."""
    return read_as(Ledger, TABLES, text)


def read_as(
    model: type[Model], tables: Tables, text: str
) -> tuple[Model | None, list[Mistake]]:
    """Read `text` as a `model`, of which `tables` has the models by their names."""
    try:
        data = rtoml.loads(text)
    except ValueError as error:
        where = TOML_LINE.search(str(error))
        line = int(where[1]) if where else text.rstrip().count("\n") + 1
        return None, [(line, f"not TOML: {error}{_meant(text, line)}")]
    faults = [
        (place, f"{place[-1]}: {fault}")
        for place, fault in (_escaped_marks(data) if ESCAPE.search(text) else ())
    ]
    read = None
    try:
        read = model.model_validate(data)
    except ValidationError as error:
        for detail in error.errors():
            known = _fields(detail["loc"], tables, model)
            message = _misshapen(detail) or _message(detail, known)
            faults.append((detail["loc"], message))
    return read, placed(faults, text)


def _meant(text: str, number: int) -> str:
    """Say how what a line may have been meant as is written, or nothing."""
    line = text.split("\n")[number - 1]
    return next((hint for sign, hint in MEANT if sign.search(line)), "")


def _escaped_marks(data: Any, place: Place = ()) -> Iterator[Fault]:
    """Yield what is wrong with characters that an escape put into a text, and where."""
    if isinstance(data, str):
        yield from dict.fromkeys((place, fault) for _, fault in hidden_marks(data))
    elif isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from _escaped_marks(value, (*place, key))


def outside_strings(text: str) -> str:
    """Return `text` without its strings of several lines, which may hold anything."""

    def without(found: re.Match[str]) -> str:
        several = found[0].startswith(('"""', "'''"))
        return "\n" * found[0].count("\n") if several else found[0]

    return STRING.sub(without, text)


def table_lines(text: str) -> dict[Place, int]:
    """Return the line of each table by its place: ("claims", 0, "evidence", 2)."""
    return _lines(text)[0]


def _lines(text: str) -> tuple[dict[Place, int], dict[Place, int]]:
    """Return the lines of tables, and those of keys, by their places."""
    lines: dict[Place, int] = {}
    keys: dict[Place, int] = {}
    counts: dict[Place, int] = {}
    place: Place = ()
    for number, line in enumerate(outside_strings(text).split("\n"), 1):
        if not (header := TABLE.fullmatch(line)):
            if key := KEY.match(line):
                keys.setdefault((*place, key[1].strip("\"'")), number)
            continue
        place = ()
        names = [name.strip().strip("\"'") for name in header["path"].split(".")]
        for name in names[:-1]:
            place = (*place, name)
            if place in counts:
                place = (*place, counts[place] - 1)
        place = (*place, names[-1])
        if header["brackets"] == "[[":
            counts[place] = counts.get(place, 0) + 1
            lines.setdefault(place, number)
            place = (*place, counts[place] - 1)
        lines[place] = number
    return lines, keys


def placed(faults: list[Fault], text: str) -> list[Mistake]:
    """Return each fault with its line in `text`: of its key, or else of its table."""
    tables, keys = _lines(text) if faults else ({}, {})
    lines = keys | tables
    return [(_line(lines, place), message) for place, message in faults]


def _line(lines: dict[Place, int], place: Place) -> int:
    """Return the line that `place` stands in, as near as can be told."""
    for length in range(len(place), 0, -1):
        if line := lines.get(place[:length]):
            return line
    return 1


def _misshapen(detail: ErrorDetails) -> str:
    """Say how a table is written, where it is written as one of another kind."""
    names = ".".join(part for part in detail["loc"] if isinstance(part, str))
    if detail["type"] == "list_type" and isinstance(detail["input"], dict):
        return f"[{names}] may come again; write it as [[{names}]]"
    if detail["type"] == "model_type" and isinstance(detail["input"], list):
        return f"[[{names}]] stands once; write it as [{names}]"
    if detail["type"] == "dict_type" and isinstance(detail["input"], list):
        return f"[[{names}]] needs a name for each; write it as [{names}.a-name]"
    return ""


def _message(detail: ErrorDetails, known: tuple[str, ...]) -> str:
    """Say in a sentence what is wrong at the place of a validation error."""
    # As a reader counts, from 1.
    parts = (part + 1 if isinstance(part, int) else part for part in detail["loc"])
    *above, name = map(str, parts)
    place = f" in [{'.'.join(above)}]" if above else ""
    given, context = detail["input"], detail.get("ctx", {})
    match detail["type"]:
        case "missing":
            return f'missing key "{name}"{place}'
        case "extra_forbidden":
            return f'unknown key "{name}"{place}{did_you_mean(name, known)}'
        case "enum":
            expected = str(context["expected"])
            words = tuple(re.findall(r"'([^']+)'", expected))
            hint = did_you_mean(str(given), words)
            return f'{name} = "{given}" is none of {", ".join(words)}{hint}'
        case "too_long":
            return (
                f'"{name}" has {context["actual_length"]:,} entries, and may have 300'
            )
        case "string_too_long":
            most = context["max_length"]
            return f'"{name}" has {len(given):,} characters, and may have {most:,}'
        case "string_too_short" | "too_short":
            return f'"{name}" is empty'
        case "date_type":
            return f"{name}{place} is no date; write it as 2026-11-22, unquoted"
        case "string_pattern_mismatch" if name in {"url", "archived"}:
            return f'{name} = "{given}" is no web address'
        case "string_pattern_mismatch":
            return f'"{given}" is no id: small letters, digits and single hyphens'
    return f"{name}{place}: {detail['msg'][0].lower()}{detail['msg'][1:]}"


def _fields(place: Place, tables: Tables, root: type[BaseModel]) -> tuple[str, ...]:
    """Return the keys that the table around `place` may have."""
    named = [tables[part] for part in place[:-1:2] if part in tables]
    return tuple((named[-1] if named else root).model_fields)


def against_story(
    text: str, ledger: Ledger, story: Story, words: Callable[[], str], today: date
) -> list[Mistake]:
    """Return the mistakes that show only beside the story.

    `text` is the ledger's own; `words` returns what the story says.
    """
    faults = chain(
        _source_faults(ledger),
        _claim_faults(ledger, story.marks, words),
        _review_faults(ledger, story),
        _date_faults(ledger, today),
    )
    return placed([*faults], text)


def _source_faults(ledger: Ledger) -> Iterator[Fault]:
    used = {line.source for claim in ledger.claims for line in claim.evidence}
    known = tuple(ledger.sources)
    for name in known:
        if name not in used:
            yield ("sources", name), f'source "{name}" is evidence of nothing'
    for number, claim in enumerate(ledger.claims):
        for index, line in enumerate(claim.evidence):
            if line.source not in ledger.sources:
                place = ("claims", number, "evidence", index, "source")
                hint = did_you_mean(line.source, known)
                yield place, f'unknown source "{line.source}"{hint}'


def _claim_faults(
    ledger: Ledger, marks: frozenset[str], words: Callable[[], str]
) -> Iterator[Fault]:
    ids: dict[str, int] = {}
    said = words() if any(claim.quote for claim in ledger.claims) else ""
    for number, claim in enumerate(ledger.claims):
        place = ("claims", number)
        if ids.setdefault(claim.id, number) != number:
            yield (*place, "id"), f'a second claim is called "{claim.id}"'
        if claim.id not in marks and not claim.about:
            yield (
                place,
                f'claim "{claim.id}" is not marked in the text; write '
                f'[its words](claim:{claim.id}) there, or here about = "the headline"',
            )
        if claim.quote and not occurs(claim.quote, said):
            fault = f'quote "{claim.quote}" does not occur in the text'
            yield (*place, "quote"), fault
    for number, change in enumerate(ledger.corrections):
        if change.claim and change.claim not in ids:
            hint = did_you_mean(change.claim, tuple(ids))
            fault = f'unknown claim "{change.claim}"{hint}'
            yield ("corrections", number, "claim"), fault


def _review_faults(ledger: Ledger, story: Story) -> Iterator[Fault]:
    """Hold that a fact-check is of one claim, of somebody else's (ClaimReview)."""
    review, place = ledger.review, ("review",)
    if story.kind != "fact-check":
        if review:
            yield (
                place,
                f'only a story of "Kind: fact-check" has it, not "{story.kind}"',
            )
        return
    claims = {claim.id: claim for claim in ledger.claims}
    if review is None:
        yield (), 'a fact-check needs [review] with claim = "…" and appearance = "…"'
    elif review.claim not in claims:
        hint = did_you_mean(review.claim, tuple(claims))
        yield (*place, "claim"), f'unknown claim "{review.claim}"{hint}'
    elif not (speaker := claims[review.claim].said_by):
        yield place, f'its claim "{review.claim}" needs said_by'
    elif any(same_name(speaker, author) for author in story.authors):
        yield place, f"{speaker} wrote this story; a fact-check is of another's claim"
    elif any(same_name(speaker, name) for name in story.house):
        yield (
            place,
            f"{speaker} publishes this story; a fact-check is of another's claim",
        )


def _date_faults(ledger: Ledger, today: date) -> Iterator[Fault]:
    tables: list[tuple[Place, Any]] = [
        (("check",), ledger.check),
        (("withdrawn",), ledger.withdrawn),
        *((("sources", name), source) for name, source in ledger.sources.items()),
        *((("claims", number), claim) for number, claim in enumerate(ledger.claims)),
        *((("corrections", n), change) for n, change in enumerate(ledger.corrections)),
    ]
    for place, table in tables:
        for key in DATES.get(type(table), ()):
            day = getattr(table, key)
            if day and day > today:
                yield (*place, key), f"{key} = {day} is still to come"
