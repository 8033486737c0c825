"""Reads a text file that a person wrote, whatever is wrong with its bytes."""

import re
from pathlib import Path

from newsroom.problems import report

CONTROL_CHARACTER = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\U0010ffff]")


def text_of(path: Path) -> str:
    """Return the file's text, whatever is wrong with its bytes, and say what is."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        report(
            path, line, f"byte {data[error.start]:#04x} is not UTF-8; save it as UTF-8"
        )
        text = data.decode("utf-8", "replace")
    if found := CONTROL_CHARACTER.search(text):
        line = text.count("\n", 0, found.start()) + 1
        report(path, line, f"control character U+{ord(found[0]):04X}; delete it")
        text = CONTROL_CHARACTER.sub("", text)
    return text.replace("\r\n", "\n").replace("\r", "\n")
