"""What lies in content/: the same is found by several processes as by one."""

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from newsroom import content_files, tree

TEXTS = {
    "articles/2026/one/article.md",
    "articles/2026/Two/article.md",
    "articles/2026/two/article.md",
    "news/2026/three/article.md",
    "pages/about.md",
}
OTHERS = {
    "articles/2026/one/chart.csv",
    "news/2026/three/data/a.csv",
    "news/readme.md",  # which is no text here
}
# What is read by no build, or beside a text.
REST = {
    "articles/2026/one/comments/1.md",
    "articles/2026/one/ledger.toml",
    "articles/2026/Bad?/article.md",
    "articles/2026/notes.md/a.csv",
    "elsewhere/a.md",
}
FAULTY = {
    "articles/2026/one/run.html": "would be run by browsers",
    "articles/2026/one/second.md": "lies in the same folder",
    "articles/2026/Two/Ledger.toml": "is read by no build",
    "articles/2026/two/a:b.md": "has a name that not every system can keep",
    "articles/2026/two/comments": "is a file, and its name that of a folder",
    "extra": "is no folder, and the settings say that texts or files are in it",
}
FAULTS = FAULTY | {
    "articles/2026/Bad?": "has a name that not every system can keep",
    "articles/2026/link": "is a link to another place",
    "articles/2026/notes.md": "is a folder, and its name that of a text",
    "articles/2026/two": 'and "Two" are one file on other systems',
    "articles/2026/two/pipe": "is no file that can be read",
}
CLOSED = {"articles/2026/Bad?", "articles/2026/link", "articles/2026/notes.md"}


@pytest.fixture
def content(tmp_path) -> Path:
    """Return content with all that can be wrong with what it is called, or is."""
    content = tmp_path / "content"
    for name in TEXTS | OTHERS | REST | FAULTY.keys():
        (content / name).parent.mkdir(parents=True, exist_ok=True)
        (content / name).write_text(name)
    (content / "articles/2026/link").symlink_to(tmp_path)
    os.mkfifo(content / "articles/2026/two/pipe")
    return content


@pytest.mark.parametrize("worth", [1, 3, 10**6])
def test_what_is_found(content, monkeypatch, worth):
    """By workers who look through the upper folders, or the lower; and by one alone."""
    monkeypatch.setattr(tree, "WORTH", worth)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1}, raising=False)
    settings = {
        "PATH": str(content),
        "IGNORE_FILES": ["ledger.toml", "comments", ".*"],
        "ARTICLE_PATHS": ["articles", "news/2026"],
        "PAGE_PATHS": ["pages"],
        "STATIC_PATHS": ["articles", "news", "extra"],
    }
    found = content_files.looking(settings)()
    excludes = ("ARTICLE_EXCLUDES", "PAGE_EXCLUDES", "STATIC_EXCLUDES")
    found.tell(settings | dict.fromkeys(excludes, ()))

    def below(paths: Iterable[str]) -> list[str]:
        return sorted(os.path.relpath(path, content) for path in paths)

    assert below(found.texts) == sorted(TEXTS)
    assert below(found.files) == sorted(TEXTS | OTHERS)
    assert below(found.discussions) == ["articles/2026/one/comments"]
    assert below(found.closed) == sorted(CLOSED)
    assert {*below(found.stamps)} >= TEXTS | OTHERS | REST | FAULTY.keys()
    assert below(path for path, _ in found.faults) == sorted(FAULTS)
    for path, fault in found.faults:
        assert FAULTS[os.path.relpath(path, content)] in fault
