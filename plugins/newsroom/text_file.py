"""Reads a text file that a person wrote, whatever is wrong with it."""

import codecs
import os
import re
import stat
from pathlib import Path

from newsroom import trace
from newsroom.marks import hidden_marks, without_marks
from newsroom.problems import report, report_all

LARGEST = 1_000_000  # bytes; a novel of 150,000 words
MOST_MARKS = 20  # said of one file; who sees so many looks for the others too
# The longer ones first: a mark of UTF-32 begins with that of UTF-16.
OTHER_ENCODINGS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
# What git leaves of two versions; "=======" alone may underline a heading.
LEFT_OVERS = ("<<<<<<< ", ">>>>>>> ", "||||||| ")
LEFT_OVER = re.compile(rf"^(?:{'|'.join(map(re.escape, LEFT_OVERS))}).*$", re.MULTILINE)


def text_of(path: Path) -> str:
    """Return the file's text and say what is wrong with it; "" where it has none."""
    return text_if_any(path) or ""


def text_if_there(path: Path) -> str | None:
    """Return the text of a file that need not be there, if there is one to be read."""
    return text_if_any(path) if os.path.lexists(path) else None


def text_if_any(path: Path) -> str | None:
    """Return the file's text; None where what is wrong leaves nothing to be read."""
    if fault := file_fault(path):
        report(path, 0, fault)
        return None
    try:
        data = path.read_bytes()
    except OSError as error:
        report(path, 0, f"cannot be read: {error.strerror}")
        return None
    trace.read_text(str(path), data)
    text = _decoded(path, data).replace("\r\n", "\n").replace("\r", "\n")
    if left_over := _left_over(text):
        mistake = "is left over from a merge; keep one of the two versions"
        report_all(path, [(line, mistake) for line in left_over])
        return None
    if not any(hidden_marks(text)):
        return text
    found = (
        (number, fault)
        for number, line in enumerate(text.split("\n"), 1)
        for _, fault in hidden_marks(line)
    )
    report_all(path, list(dict.fromkeys(found))[:MOST_MARKS])
    return without_marks(text)


def typed_text(path: Path) -> str:
    """Return the text again, to find a place in it; its faults were said before."""
    return "" if file_fault(path) else path.read_text("utf-8", "replace")


def file_fault(path: Path) -> str:
    """Say why there is no text to be had of `path`, before it is opened."""
    try:
        status = path.lstat()
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    if stat.S_ISLNK(status.st_mode):
        return "is a link to another place; put the file itself here"
    if not stat.S_ISREG(status.st_mode):
        return "is no file that can be read; take it out"
    if status.st_size > LARGEST:
        return (
            f"has {status.st_size / 1_000_000:.1f} MB, and a text at most "
            f"{LARGEST // 1_000_000}; part it"
        )
    return ""


def _decoded(path: Path, data: bytes) -> str:
    for mark, encoding in OTHER_ENCODINGS.items():
        if data.startswith(mark):
            report(path, 1, f"is saved as {encoding}; save it as UTF-8")
            return data.decode(encoding, "ignore")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = _line(data.decode("latin-1"), error.start)
        report(
            path, line, f"byte {data[error.start]:#04x} is not UTF-8; save it as UTF-8"
        )
        return data.decode("utf-8-sig", "ignore")


def _left_over(text: str) -> list[int]:
    """Return the lines of a text that a merge left; most texts are quickly told."""
    if not any(sign in text for sign in LEFT_OVERS):
        return []
    return [_line(text, found.start()) for found in LEFT_OVER.finditer(text)]


def _line(text: str, place: int) -> int:
    return text.count("\n", 0, place) + 1
