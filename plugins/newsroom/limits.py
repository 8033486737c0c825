"""How much of a kind a text may hold before it is converted.

Python-Markdown's time grows with the square of some of these, so that a page of open
brackets takes it minutes. At each limit here it takes a second or two.
"""

import re
from collections.abc import Iterator

Excess = tuple[int, str]

# A sign that has to be there as often before its pattern is counted at all, the
# pattern, the most, and what it is.
MOST = (
    ("`", re.compile(r"`+"), 4_000, "runs of backticks"),
    ("<", re.compile(r"<"), 3_000, 'signs "<"'),
    ("[^", re.compile(r"\[\^"), 1_000, "marks of footnotes"),
    ("*[", re.compile(r"^ {0,3}\*\[", re.M), 300, "abbreviations"),
    ("`", re.compile(r"^[ >]*```", re.M), 1_000, 'lines that begin with "```"'),
    ("~", re.compile(r"^[ >]*~~~", re.M), 1_000, 'lines that begin with "~~~"'),
    ("=", re.compile(r"^[ >]*=+ *$", re.M), 500, 'lines of "="'),
    ("-", re.compile(r"^[ >]*-+ *$", re.M), 500, 'lines of "-"'),
    ("-", re.compile(r"^[ >]*[-:| ]*\|[-:| ]*$", re.M), 500, "tables"),
    ("#", re.compile(r"^[ >]*#", re.M), 1_000, "headings"),
    ("*", re.compile(r"\*"), 20_000, "asterisks"),
    ("_", re.compile(r"_"), 20_000, "underscores"),
    ("\\", re.compile(r"\\[^\w\s]"), 30_000, "escaped signs"),
)
DEEPEST_BRACKETS = 40
DEEPEST_QUOTATION = 20
DEEPEST_INDENT = 100  # columns; a list in a list in a list … to the 25th
QUOTATION = re.compile(rf"^(?:[ \t]*>){{{DEEPEST_QUOTATION + 1}}}", re.M)
INDENT = re.compile(rf"^(?:[ \t]{{{DEEPEST_INDENT + 1}}}|\t{{26}})", re.M)
BRACKET = re.compile(r"[\[\]()]")


def excesses(body: str) -> Iterator[Excess]:
    """Yield where `body` goes beyond a limit, and what is too much there."""
    for sign, pattern, most, what in MOST:
        if body.count(sign) > most:
            found = [match.start() for match in pattern.finditer(body)]
            if len(found) > most:
                yield (
                    found[most],
                    f"a text may have {most:,} {what}, and this has {len(found):,}",
                )
    start = 0
    for paragraph in body.split("\n\n") if _has_many_brackets(body) else ():
        if _has_many_brackets(paragraph):
            yield from _open_brackets(paragraph, start)
        start += len(paragraph) + 2
    if body.count(">") > DEEPEST_QUOTATION and (deep := QUOTATION.search(body)):
        yield (
            deep.start(),
            f"a quotation may stand in {DEEPEST_QUOTATION} others, and not in more",
        )
    indented = " " * DEEPEST_INDENT in body or "\t" * 25 in body
    if indented and (deep := INDENT.search(body)):
        yield (
            deep.start(),
            f"a line may be indented by {DEEPEST_INDENT} columns, and not by more",
        )


def _has_many_brackets(text: str) -> bool:
    return text.count("[") + text.count("(") > DEEPEST_BRACKETS


def _open_brackets(paragraph: str, start: int) -> Iterator[Excess]:
    """Yield the first bracket of a paragraph that opens inside too many others."""
    depth = 0
    for found in BRACKET.finditer(paragraph):
        depth = depth + 1 if found[0] in "[(" else max(depth - 1, 0)
        if depth > DEEPEST_BRACKETS:
            yield (
                start + found.start(),
                f"{depth} brackets are open here, and at most {DEEPEST_BRACKETS} may "
                "be; close them, or write \\[",
            )
            return
