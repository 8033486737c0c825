"""Where in a text its author typed a link, which is not in code or in like words."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from itertools import chain
from pathlib import PurePosixPath
from urllib.parse import unquote

from markdown.extensions.fenced_code import FencedBlockPreprocessor

from newsroom.addresses import INDEX

PARAGRAPHS = re.compile(r"(\n(?:[ \t]*\n)+)")
SPAN = re.compile(r"(?<![`\\])(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
INDENTED = re.compile(r"(?:(?:^|(?<=\n))(?: {4}|\t)[^\n]*(?:\n|$))+")
LINK = re.compile(
    r"""\]\(\s*(?:<(?P<angled>[^<>\n]*)> | (?P<bare>(?:[^()\n]|\([^()\n]*\))*))
    | \b(?:href|src|cite)\s*=\s*
        (?:"(?P<double>[^"]*)" | '(?P<single>[^']*)' | (?P<plain>[^\s"'>]+))
    | <(?P<alone>[a-z][a-z0-9+.-]*:[^<>\s]*)>
    | ^[ ]{0,3}\[[^\]\n]+\]:[ \t]*<?(?P<reference>[^\s>]+)
    | ^image[ \t]*:(?P<image>[^\n]*)""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
TITLE = re.compile(r"""\s+["'].*""", re.DOTALL)


def without_code(text: str) -> str:
    """Return `text` with spaces in the place of code, so that all else stays there.

    What is indented may be in a list, and is taken for code all the same.
    """
    if "`" in text or "~~~" in text:
        text = FencedBlockPreprocessor.FENCED_BLOCK_RE.sub(_blank_code, text)
    return "".join(
        _blank(part) if INDENTED.fullmatch(part) else SPAN.sub(_blank_all, part)
        for part in PARAGRAPHS.split(text)
    )


def line_of(text: str, link: str) -> int:
    """Return the line of `text` that has `link`, as typed or as it can be told.

    Where no link is like it, it is the first line with the same words, or else 0.
    """
    path, _, fragment = link.partition("#")
    name = PurePosixPath(path).name
    slug = PurePosixPath(path).parent.name if name == INDEX else name
    typed = [*chain(_typed(without_code(text)), _typed(text))]
    for is_like in _likenesses(link, fragment, slug):
        for place, address in typed:
            if is_like(address):
                return text.count("\n", 0, place) + 1
    for needle in (link, unquote(link), f"#{fragment}", slug):
        if len(needle) > 1 and needle in text:
            return text.count("\n", 0, text.index(needle)) + 1
    return 0


def _likenesses(link: str, fragment: str, slug: str) -> Iterator[Callable[[str], bool]]:
    """Yield how an address may be typed that became `link`, the likeliest first."""
    yield lambda address: address == link
    yield lambda address: unquote(address) == unquote(link)
    if fragment:
        end = f"#{fragment}"
        yield lambda address: address.endswith(end) and slug in address
        yield lambda address: address.endswith(end)
    if len(slug) > 1:
        yield lambda address: slug in unquote(address)


def _typed(text: str) -> Iterator[tuple[int, str]]:
    """Yield where each link of `text` begins, and its address."""
    for found in LINK.finditer(text):
        kind = str(found.lastgroup)
        address = TITLE.sub("", found[kind]) if kind == "bare" else found[kind]
        yield found.start(kind), unescape(address.strip())


def _blank_code(fence: re.Match[str]) -> str:
    start, end = (place - fence.start() for place in fence.span("code"))
    return fence[0][:start] + _blank(fence["code"]) + fence[0][end:]


def _blank_all(found: re.Match[str]) -> str:
    return _blank(found[0])


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
