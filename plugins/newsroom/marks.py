"""Characters that readers do not see and that change what they do see.

Some of them are needed: joiners inside Persian and Hindi words and between the parts of
an emoji, marks of direction beside Arabic and Hebrew. There they may stand, and nowhere
else. https://www.unicode.org/reports/tr36/ and https://trojansource.codes/ say why.
"""

import re
import sys
import unicodedata
from collections.abc import Iterator
from html.entities import html5

# Where text of these scripts stands, joiners and breaks without width are needed.
JOINING = re.compile(
    r"[\u0590-\u109f\u1780-\u1c8f\u2e80-\ud7ff\uf900-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc"
    r"\U00010800-\U00011fff\U0001e800-\U0001efff\U00020000-\U0003fffd]"
)
RIGHT_TO_LEFT = re.compile(
    r"[\u0590-\u061b\u061d-\u08ff\ufb1d-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00010800-\U00010fff"
    r"\U0001e800-\U0001efff]"
)
EMOJI = re.compile(r"[\u2190-\u2bff\ufe0f\U0001f000-\U0001faff]")
# The flags of England, Scotland and Wales (UTS #51, section 1.4.9, ED-14a).
FLAG = re.compile(r"\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f")

CONTROLS = r"\0-\x08\x0b-\x1f\x7f-\x9f"
LINE_ENDS = r"\u2028\u2029"
JOINERS = r"\u034f\u200b-\u200d\u2060"
DIRECTIONS = r"\u061c\u200e\u200f"
EMBEDDINGS = r"\u202a-\u202c\u2066-\u2069"
# Reorder whatever they enclose; fill a line with nothing; carry hidden text; or are no
# characters at all, and no XML may hold them.
NEVER = (
    r"\u202d\u202e\u115f\u1160\u180e\u2061-\u2065\u206a-\u206f\u3164\ufeff\uffa0"
    r"\ufdd0-\ufdef\ufff0-\uffff\U000e0000-\U000e00ff"
    + "".join(rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(1, 17))
)
# https://html.spec.whatwg.org/multipage/parsing.html#numeric-character-reference-state
REFERENCE = re.compile(r"&(?:#(\d{1,9})|#[xX]([0-9a-fA-F]{1,8})|(\w+;));?", re.ASCII)
WINDOWS = frozenset(map(chr, range(0x80, 0xA0)))
MARK = re.compile(f"[{CONTROLS}{LINE_ENDS}{JOINERS}{DIRECTIONS}{EMBEDDINGS}{NEVER}]")
OPENED = {"\u202a": "\u202c", "\u202b": "\u202c"} | dict.fromkeys(
    "\u2066\u2067\u2068", "\u2069"
)

# Those that str.isprintable() takes for letters or signs.
LIKE_LETTERS = "\u034f\u115f\u1160\u3164\uffa0\ufffc\ufffd"

Fault = tuple[int, str]


def hidden_marks(text: str) -> Iterator[Fault]:
    """Yield the place of each mark that may not stand where it does, and what it is.

    A reference to a character, as `&#x202e;`, is what browsers make of it.
    """
    if not any(_referred(text)) and (_plain(text) or not MARK.search(text)):
        return
    start = 0
    for line in text.split("\n"):
        for place, fault in _line_faults(line):
            yield start + place, fault
        start += len(line) + 1


def _plain(text: str) -> bool:
    """Whether `text` has no mark at all; most have none, and this is quick to tell."""
    for space in "\n\t\xa0":
        text = text.replace(space, "")
    return text.isprintable() and not any(map(text.__contains__, LIKE_LETTERS))


def without_marks(text: str) -> str:
    """Return `text` without the marks that may not stand where they do."""
    references = {span.start: span for span, _ in _referred(text)}
    places = {
        each
        for place, _ in hidden_marks(text)
        for each in references.get(place, (place,))
    }
    return "".join(sign for place, sign in enumerate(text) if place not in places)


def _referred(text: str) -> Iterator[tuple[range, str]]:
    """Yield where references to marks stand, and the marks."""
    for found in REFERENCE.finditer(text) if "&" in text else ():
        if MARK.fullmatch(mark := _meant(*found.groups())) and mark not in WINDOWS:
            yield range(*found.span()), mark


def _meant(decimal: str | None, hexadecimal: str | None, name: str | None) -> str:
    if name:
        return html5.get(name, "")
    number = int(decimal) if decimal else int(hexadecimal or "", 16)
    is_one = number <= sys.maxunicode and not 0xD800 <= number < 0xE000  # noqa: PLR2004 - surrogates
    return chr(number) if is_one else "\ufffd"


def _line_faults(typed: str) -> Iterator[Fault]:
    parts: list[str] = []
    places: list[int] = []
    end = 0
    for span, mark in _referred(typed):
        parts += [typed[end : span.start], mark]
        places += [*range(end, span.start), span.start]
        end = span.stop
    line = "".join([*parts, typed[end:]])
    places += range(end, len(typed))
    return ((places[place], fault) for place, fault in _faults(line))


def _faults(line: str) -> Iterator[Fault]:
    flags = {n for flag in FLAG.finditer(line) for n in range(*flag.span())}
    # Once a line and not for each mark: a line may be a megabyte of them.
    directions, embeddings = _direction_faults(line)
    for found in MARK.finditer(line):
        mark, place = found[0], found.start()
        if place in flags:
            continue
        if re.match(f"[{DIRECTIONS}]", mark):
            fault = directions
        elif re.match(f"[{EMBEDDINGS}]", mark):
            fault = embeddings
        else:
            fault = _fault(line, place)
        if fault:
            control = "control " if unicodedata.category(mark) == "Cc" else ""
            yield place, f"{control}character U+{ord(mark):04X}{fault}"


def _fault(line: str, place: int) -> str:
    mark = line[place]
    if mark in "\u202d\u202e":
        return " shows the letters after it in another order; delete it"
    if mark == "\ufffd":
        return " stands for a letter that was lost; write the letter"
    if re.match(f"[{CONTROLS}]", mark):
        return "; delete it"
    if re.match(f"[{LINE_ENDS}]", mark):
        return " ends a line unseen; press Enter instead"
    if re.match(f"[{JOINERS}]", mark):
        return "" if _joins(line, place) else " is invisible here; delete it"
    return " is invisible; delete it"


def _joins(line: str, place: int) -> bool:
    """Whether a mark without width stands where a script or an emoji needs one."""
    around = line[max(place - 1, 0) : place + 2]
    return bool(JOINING.search(around) or EMOJI.match(around))


def _direction_faults(line: str) -> tuple[str, str]:
    """Return what is wrong with a line's marks of direction, and its embeddings."""
    if not RIGHT_TO_LEFT.search(line):
        fault = (
            " turns the direction of a line without right-to-left letters; delete it"
        )
        return fault, fault
    if _closed(line):
        return "", ""
    return (
        "",
        " turns the direction of what follows; close it in its line, or delete it",
    )


def _closed(line: str) -> bool:
    """Whether each embedding and isolate in `line` ends in it, and begins in it."""
    expected = []
    for mark in re.findall(f"[{EMBEDDINGS}]", line):
        if mark in OPENED:
            expected.append(OPENED[mark])
        elif not expected or expected.pop() != mark:
            return False
    return not expected
