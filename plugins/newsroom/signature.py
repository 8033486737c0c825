"""The signature of a checked text: a hash that one changed word changes."""

import re
import unicodedata
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from newsroom import map_file, timeline
from newsroom.header import parse
from newsroom.schema import StoryHeader, validate
from newsroom.text_file import typed_text

EMPTY_LINES = re.compile(r"\n(?:[ \t]*\n)+")
# A line that begins nothing but words, emphasised, quoted or a link. Any other may be
# of a list, a table or code, or of a definition, of which no reader sees anything.
RUNS_ON = re.compile(r"""[*_]{0,3}["'(“‘]?(?!\d+\.(?!\S))[^\W_]|\[[^\[\]]+\]\(""")
SIGNS = frozenset(">*+-")
# What the header says beside the text that is no name and no date.
BESIDE = ("dateline", "alt", "caption", "credit")
# The files beside an article that are shown with it; every sign of them counts.
FILES = (map_file.NAME, timeline.NAME)
# Around what such a file has: nothing that a build reads has one in it.
NUL = "\0"


def signature(headline: str, standfirst: str, body: str, *beside: str) -> str:
    """Return the hash of the text that readers see, as ledger.toml keeps it.

    Where a paragraph's lines are broken and how letters are composed does not count
    (Unicode NFC, UAX #15), unless Markdown can make another thing of it; every word,
    mark and paragraph does, and so do the headline, the standfirst, and what stands
    `beside` them.
    """
    parts = paragraphs(headline, standfirst, body, *beside)
    digest = sha256("\n".join(parts).encode())
    return f"sha256:{digest.hexdigest()}"


def signed(
    story: StoryHeader, body: str, file: Callable[[str], str]
) -> tuple[str, ...]:
    """Return what is signed of a story, as `signature` and `paragraphs` take it.

    What its header has beside the text comes with its key, and what is in the files
    beside it, of which `file` returns the text or "", with their names.
    """
    found = {key: _one_line(getattr(story, key) or "") for key in BESIDE}
    beside = [f"{key}\n{words}" for key, words in found.items() if words]
    files = {name: file(name).strip() for name in FILES}
    beside += [f"{name}{NUL}{text}{NUL}" for name, text in files.items() if text]
    return story.title, story.summary, body, *beside


def files_beside(article: Path) -> Callable[[str], str]:
    """Return what gives the text of a file beside an article by its name, or ""."""
    return lambda name: typed_text(article.with_name(name))


def paragraphs(headline: str, standfirst: str, body: str, *beside: str) -> list[str]:
    """Return what is signed, a paragraph in each string."""
    above = [_one_line(headline), _one_line(standfirst), *beside]
    *above, body = (unicodedata.normalize("NFC", part) for part in (*above, body))
    _above, *blocks = EMPTY_LINES.split("\n\n" + body.rstrip(" \t\n"))
    return [*above, *map(_as_read, blocks)]


def _as_read(block: str) -> str:
    """Return a block in one line, or as it is where that could be read in other ways.

    The latter has an empty line before and after it, as no line has.
    """
    return _one_line(block) if _can_be_joined(block.split("\n")) else f"\n{block}\n"


def _can_be_joined(lines: list[str]) -> bool:
    """Whether nobody could break the lines elsewhere and have readers see another."""
    words = [line.split() for line in lines]
    if lines[0][:1].isspace():  # code, or what belongs to the block above
        return False
    if words[0] and (sign := words[0][0]) in SIGNS:  # at the head of each line alone
        return all(
            line.startswith(sign) and each.count(sign) == 1
            for line, each in zip(lines, words, strict=True)
        )
    return len(lines) == 1 or all(map(RUNS_ON.match, lines))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def of_article(
    text: str, file: Callable[[str], str] = lambda _name: ""
) -> tuple[str, list[str]]:
    """Return the signature and the signed paragraphs of an article.md.

    `file` returns what the file of a name beside it has, or "".
    """
    header = parse(text)
    story, _mistakes = validate(header, StoryHeader)
    parts = signed(story, header.body, file)
    return signature(*parts), paragraphs(*parts)
