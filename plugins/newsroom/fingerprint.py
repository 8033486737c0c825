"""Fingerprints of what everything is made with: code, settings, versions; the theme."""

import os
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from inspect import unwrap
from pathlib import Path
from typing import Any

from newsroom import trace
from newsroom.digest import digest
from newsroom.state import content_of

# Settings that do not tell on a page: where it is written; and what is, or has, code.
NO_MATTER = frozenset(
    {
        "OUTPUT_PATH",
        "CACHE_PATH",
        "PELICAN_CLASS",
        "JINJA_ENVIRONMENT",
        "JINJA_FILTERS",
        "JINJA_GLOBALS",
        "JINJA_TESTS",
        "LOG_FILTER",
    }
)


def fingerprint(settings: Mapping[str, Any]) -> bytes:
    """Return what is another when any story could be, or any page."""
    told = [(key, settings[key]) for key in sorted(settings.keys() - NO_MATTER)]
    environment = settings["JINJA_ENVIRONMENT"].items()
    told += [pair for pair in environment if pair[0] != "bytecode_cache"]
    given = settings["JINJA_GLOBALS"].items()
    told += [(name, value) for name, value in given if not callable(value)]
    files = {*_files(str(Path(__file__).parent)), *_code(settings)}
    return digest([told, content_of(files), sys.version, _installed()])


def of_theme(settings: Mapping[str, Any]) -> bytes:
    """Return what is another when any page could be, though no story is."""
    files = {path for folder in theme_folders(settings) for path in _files(folder)}
    return content_of(files)


def theme_folders(settings: Mapping[str, Any]) -> list[str]:
    """Return the theme's folder, and those whose templates stand in for the theme's."""
    return [settings["THEME"], *settings["THEME_TEMPLATES_OVERRIDES"]]


def _code(settings: Mapping[str, Any]) -> Iterator[str]:
    """Yield the files of code that is no library's.

    They are those of plugins, with all that they import, and those that functions of
    the settings stand in.
    """
    for file in trace.loaded():
        folder, _, base = file.rpartition("/")
        yield from _files(folder) if base == "__init__.py" else [file]
    for kind in ("FILTERS", "GLOBALS", "TESTS"):
        for function in settings[f"JINJA_{kind}"].values():
            code = getattr(unwrap(function), "__code__", None)
            if code and Path(code.co_filename).is_file():
                yield code.co_filename


def _files(folder: str) -> Iterator[str]:
    for parent, folders, names in os.walk(folder, followlinks=True):
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from (f"{parent}/{name}" for name in names)


def _installed() -> list[str]:
    """Return the libraries with their versions, by the names of their folders."""
    libraries = os.listdir(sysconfig.get_path("purelib"))  # noqa: PTH208 - names alone
    return sorted(name for name in libraries if name.endswith(".dist-info"))
