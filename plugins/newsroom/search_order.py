"""Puts a search index of Pagefind's into an order that is the same in every build.

Pagefind keeps the values of its filters in tables whose order is drawn by lot, so two
builds of one site would differ. They are sorted here, and the files named anew after
what they hold. The files are CBOR (RFC 8949) behind a mark, compressed.
"""

import gzip
import json
from hashlib import sha256
from pathlib import Path
from typing import Any

MARK = b"pagefind_dcd"
# Where the parts of the index are listed, the filters are the fourth (Pagefind 1.5).
FILTERS = 3
NUMBER, TEXT, LIST = 0, 3, 4  # major types of CBOR
ONE_BYTE = 24  # from here on, a number follows in 1, 2, 4 or 8 bytes


def settle(folder: Path) -> None:
    """Sort the filters of the index in `folder`, and name the files after that."""
    entry = folder / "pagefind-entry.json"
    site = json.loads(entry.read_text("utf-8"))
    for language in site["languages"].values():
        old = folder / f"pagefind.{language['hash']}.pf_meta"
        parts = _read(old)
        prefix = language["hash"].partition("_")[0]
        parts[FILTERS] = sorted(
            [name, _sorted_filter(folder / "filter", file, prefix)]
            for name, file in parts[FILTERS]
        )
        data = _encoded(parts)
        language["hash"] = f"{prefix}_{sha256(data).hexdigest()[:10]}"
        old.unlink()
        _write(folder / f"pagefind.{language['hash']}.pf_meta", data)
    text = json.dumps(site, ensure_ascii=False, separators=(",", ":"))
    entry.write_text(text, "utf-8")


def _sorted_filter(folder: Path, name: str, prefix: str) -> str:
    """Sort the values of a filter; return the new name of its file, without ending."""
    old = folder / f"{name}.pf_filter"
    label, values = _read(old)
    data = _encoded([label, sorted(values)])
    new = f"{prefix}_{sha256(data).hexdigest()[:10]}"
    old.unlink()
    _write(folder / f"{new}.pf_filter", data)
    return new


def _read(file: Path) -> Any:
    data = gzip.decompress(file.read_bytes())
    value, _end = _decoded(data, len(MARK))
    if data != MARK + _encoded(value):
        raise ValueError(f"{file.name} is not as this version of Pagefind writes it")
    return value


def _write(file: Path, data: bytes) -> None:
    file.write_bytes(gzip.compress(MARK + data, mtime=0))


def _decoded(data: bytes, at: int) -> tuple[Any, int]:
    """Return the value that begins at `at`, and where it ends."""
    kind, number = data[at] >> 5, data[at] & 31
    at += 1
    if number >= ONE_BYTE:
        size = 1 << (number - ONE_BYTE)
        number = int.from_bytes(data[at : at + size])
        at += size
    if kind == NUMBER:
        return number, at
    if kind == TEXT:
        return data[at : at + number].decode(), at + number
    if kind != LIST:
        raise ValueError(f"unknown type {kind} of CBOR")
    items = []
    for _ in range(number):
        item, at = _decoded(data, at)
        items.append(item)
    return items, at


def _encoded(value: Any) -> bytes:
    if isinstance(value, int):
        return _head(NUMBER, value)
    if isinstance(value, str):
        text = value.encode()
        return _head(TEXT, len(text)) + text
    return _head(LIST, len(value)) + b"".join(map(_encoded, value))


def _head(kind: int, number: int) -> bytes:
    if number < ONE_BYTE:
        return bytes([kind << 5 | number])
    power = next(power for power in range(4) if number < 1 << (8 << power))
    return bytes([kind << 5 | ONE_BYTE + power]) + number.to_bytes(1 << power)
