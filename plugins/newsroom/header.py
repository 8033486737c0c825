"""The `Key: value` lines that a story or a page begins with, and where each stands."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from newsroom.typed_links import without_code

KEY_VALUE = re.compile(r"(?P<key>[A-Za-z][\w-]*)[ \t]*:(?P<value>.*)")
CONTINUATION = re.compile(r"(?: {4}|\t)\s*(?P<value>\S.*)")


@dataclass(frozen=True)
class Field:
    """One key as its author wrote it, its value, and its line, counted from 1."""

    key: str
    value: str
    line: int


@dataclass
class Header:
    """The fields by lower-case key, the body below them, and what could not be read."""

    fields: dict[str, Field] = field(default_factory=dict)
    body: str = ""
    body_line: int = 1
    mistakes: list[tuple[int, str]] = field(default_factory=list)

    def line_of(self, pattern: str, nth: int = 0) -> int:
        """Return the line of the file where the body matches, or else begins.

        `nth` counts the matches from 0; after the last of them it means that one. Code
        counts only where nothing else matches.
        """
        find = re.compile(pattern, re.IGNORECASE).finditer
        found = [*find(self._without_code)] or [*find(self.body)]
        return self.line_at(found[min(nth, len(found) - 1)].start() if found else 0)

    @cached_property
    def _without_code(self) -> str:
        return without_code(self.body)

    def line_at(self, place: int) -> int:
        """Return the line of the file that holds this character of the body."""
        return self.body_line + self.body.count("\n", 0, place)


def parse(text: str) -> Header:
    """Read the header of `text`: up to the first empty line, or between two `---`.

    A line that begins with four spaces or a tab continues the value above it, as in
    Python-Markdown's meta-data extension, whose format this is.
    """
    header = Header()
    lines = text.split("\n")
    last = ""
    number = 0
    lost = False  # in lines that are none of the header's, of which one is enough said
    for number, line in _header_lines(lines):
        was_lost, lost = lost, False
        if more := CONTINUATION.fullmatch(line):
            _continue(header, last, number, more["value"])
        elif pair := KEY_VALUE.fullmatch(line):
            last = pair["key"].lower()
            _add(header, Field(pair["key"], pair["value"].strip(), number))
        else:
            lost = True
            if was_lost:
                continue
            header.mistakes.append(
                (
                    number,
                    f'"{line.strip()}" is not a "Key: value" line; an empty line ends '
                    "the header",
                )
            )
    header.body_line = number + 2
    header.body = "\n".join(lines[number + 1 :])
    return header


def _header_lines(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Each line of the header with its number, without the `---` around it."""
    first = next((n for n, line in enumerate(lines, 1) if line.strip()), 1)
    for number, line in enumerate(lines[first - 1 :], first):
        fence = line.strip() == "---"
        if not line.strip() or (fence and number > first):
            return
        if not fence:
            yield number, line


def _add(header: Header, new: Field) -> None:
    first = header.fields.setdefault(new.key.lower(), new)
    if first is not new:
        header.mistakes.append(
            (new.line, f'"{new.key}" stands here again; it is on line {first.line}')
        )


def _continue(header: Header, key: str, number: int, value: str) -> None:
    if key not in header.fields:
        header.mistakes.append((number, "an indented line continues no key"))
        return
    begun = header.fields[key]
    header.fields[key] = Field(begun.key, f"{begun.value} {value}".strip(), begun.line)
