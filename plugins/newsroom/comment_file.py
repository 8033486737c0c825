"""A comment as a file: what it says, how it is written, and every mistake in one."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from newsroom import header, schema
from newsroom.schema import SLUG, AnyKeys, Date, Text, mistake

FOLDER = "comments"
# A comment's name, which its file has before ".md" and its place on the page after "#".
ID = SLUG
NOT_IN_ADDRESSES = re.compile(r'[\s<>"\\^`{|}]')

Mistake = tuple[int, str]


@dataclass(frozen=True)
class Comment:
    """Who said what, when; `parent` is the name of the comment that it answers.

    >>> moment = datetime(2026, 11, 24, 18, 0, 5, tzinfo=UTC)
    >>> print(render(Comment("Ann", moment, text="I was there.")))
    Author: Ann
    Date: 2026-11-24 18:00:05 +00:00
    <BLANKLINE>
    I was there.
    <BLANKLINE>
    """

    author: str
    date: datetime
    url: str = ""
    parent: str = ""
    text: str = ""


def is_web_address(value: str) -> bool:
    """Whether `value` can be followed in a browser: http or https, a host, no space."""
    try:
        parts = urlsplit(value)
        port_can_be = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return (
        parts.scheme in {"http", "https"}
        and bool(parts.hostname)
        and port_can_be
        and not NOT_IN_ADDRESSES.search(value)
    )


def _name(value: str) -> str:
    if any(map(str.isalnum, value)):
        return value
    raise mistake(f'"{value}" is no name; give one with a letter or a digit')


def _url(value: str) -> str:
    if is_web_address(value):
        return value
    raise mistake(f'"{value}" is no web address; one begins with https://')


def _parent(value: str) -> str:
    if ID.fullmatch(value):
        return value
    raise mistake(
        f'"{value}" is no comment\'s name, which is that of its file, without .md'
    )


class CommentHeader(AnyKeys):
    """The header of a comment's file; there is no place in it for an e-mail address."""

    author: Annotated[Text, AfterValidator(_name)] = Field(examples=["A Reader"])
    date: Date = Field(examples=["2026-11-24 18:00:05 +00:00"])
    url: Annotated[Text, AfterValidator(_url)] | None = None
    parent: Annotated[Text, AfterValidator(_parent)] | None = None


def parse(text: str) -> tuple[Comment, list[Mistake]]:
    """Return the comment that a file's text holds, and (line, message) mistakes.

    With mistakes, the comment has an example in the place of what cannot be used. A
    date has a zone only if the file says one.
    """
    found = header.parse(text)
    values, mistakes = schema.validate(found, CommentHeader)
    body = found.body.strip()
    if not body:
        mistakes.append(
            (
                max(found.body_line - 2, 1),
                "nothing follows the header; the comment stands below it, after an "
                "empty line",
            )
        )
    comment = Comment(
        values.author, values.date, values.url or "", values.parent or "", body
    )
    return comment, found.mistakes + mistakes


def render(comment: Comment) -> str:
    """Return the text of the comment's file, which `parse` reads as the same comment.

    The moment is in UTC. A comment that no file can hold is a ValueError.
    """
    meant = Comment(
        " ".join(comment.author.split()),
        comment.date.astimezone(UTC).replace(microsecond=0),
        comment.url,
        comment.parent,
        comment.text.strip(),
    )
    lines = {
        "Author": meant.author,
        "Date": f"{meant.date:%Y-%m-%d %H:%M:%S} +00:00",
        "Url": meant.url,
        "Parent": meant.parent,
    }
    head = "".join(f"{key}: {value}\n" for key, value in lines.items() if value)
    text = f"{head}\n{meant.text}\n"
    read, mistakes = parse(text)
    if mistakes:
        raise ValueError(mistakes[0][1])
    if read != meant:
        raise ValueError("a line break stands in a value of one line")
    return text
