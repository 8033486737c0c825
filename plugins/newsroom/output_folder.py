"""Whether a build may take the place of what stands in the output folder."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from newsroom import release
from newsroom.fingerprint import theme_folders

# Every build has made it, and no other program does.
MARK = "trust.json"
HOUSE = Path(__file__).parents[2]
# A page out of ten may go in one publish.
MOST_GONE = 10


def hindrance(output: Path, settings: Mapping[str, Any]) -> str:
    """Say why `output` is no folder for a build to replace, or nothing."""
    if output in {Path.home(), Path(output.anchor)}:
        return "is no place for a site: a build replaces the whole folder"
    for name, folder in _sources(settings):
        if folder.is_relative_to(output) or output.is_relative_to(folder):
            return f"would replace {name}, or be part of it; set another OUTPUT_PATH"
    if not output.exists():
        return ""
    if not output.is_dir():
        return "is no folder; take it out of the way"
    if (output / ".git").exists():
        return (
            "holds a repository, which a build would replace; set another OUTPUT_PATH"
        )
    if any(output.iterdir()) and not (output / MARK).is_file():
        return (
            f"was not made by Standfirst (it has no {MARK}), and a build would replace "
            "all of it; empty it, or set another OUTPUT_PATH"
        )
    return ""


def loss(staging: Path, standing: Path) -> str:
    """Say that a release has many pages fewer than the one that stands, or nothing."""
    if os.environ.get("SHRINK", "").lower() in {"yes", "1", "true"}:
        return ""
    pages, before = _pages(staging), _pages(standing) if standing.exists() else 0
    if (before - pages) * MOST_GONE <= before:
        return ""
    return (
        f"the site would have {pages} pages, and has {before} now. If so many are to "
        "go: make publish SHRINK=yes"
    )


def _sources(settings: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    """Yield what no output may lie in or around: (name, folder)."""
    content = Path(settings["PATH"]).resolve()
    yield "content/", content
    for templates in theme_folders(settings):
        yield "the theme", Path(templates).resolve()
    yield "plugins/", HOUSE / "plugins"
    for folder in (HOUSE, content.parent):
        yield "the repository", folder / ".git"


def _pages(release_folder: Path) -> int:
    return sum(name.endswith(".html") for name in release.own_files(release_folder))
