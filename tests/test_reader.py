"""The reader: from the bytes of a Markdown file to a story or a page."""

import pytest
from conftest import SETTINGS
from pelican.settings import read_settings

from newsroom.problems import Collector
from newsroom.reader import NewsroomReader

HEADER = """\
Title: Peace
Date: 2026-01-02
Category: World
Author: A Reporter
Summary: What happened.
"""


@pytest.fixture
def read(tmp_path, monkeypatch):
    """Return a function that reads bytes as a story; a page, if told where it is."""
    monkeypatch.chdir(tmp_path)
    settings = {"PATH": str(tmp_path), "TIMEZONE": "Europe/Berlin"}
    reader = NewsroomReader(read_settings(SETTINGS, settings))

    def run(data, path="articles/x/article.md"):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        return reader.read(str(file))

    return run


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026-07-02", "2026-07-02T00:00:00+02:00"),
        ("2026-01-02 10:00", "2026-01-02T10:00:00+01:00"),
        ("2026-01-02 10:00 -05:00", "2026-01-02T10:00:00-05:00"),
    ],
)
def test_a_date_without_a_zone_is_in_the_sites(read, written, meant):
    """TIMEZONE completes a date, summer time included, and changes no other."""
    _, metadata = read(HEADER.replace("2026-01-02", written).encode())
    assert metadata["date"].isoformat() == meant


def test_a_page_is_called_as_its_file_is(read):
    """A page's slug is its file's name unless its header gives one."""
    page = b"Title: Who we are\nSummary: Us.\n\nWe are."
    assert read(page, "pages/about.md")[1]["slug"] == "about"
    assert read(b"Slug: us\n" + page, "pages/about.md")[1]["slug"] == "us"


def test_what_pelican_makes_itself_is_left_to_it(read):
    """A story without Slug or Modified has no empty one that Pelican would use."""
    _, metadata = read(HEADER.encode())
    assert not {"slug", "modified"} & metadata.keys()


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_every_editors_files_are_read_alike(read, end, encoding):
    """Line ends and a byte order mark are no part of a story."""
    text = f"{HEADER}\nOne, “zwölf”.\n\n- two\n- three\n"
    html, metadata = read(text.replace("\n", end).encode(encoding))
    assert metadata["title"] == "Peace"
    assert html == (
        '<p id="45mk">One, “zwölf”.</p>\n<ul>\n<li>two</li>\n<li>three</li>\n</ul>'
    )


@pytest.mark.parametrize(
    ("data", "mistake"),
    [
        (b"\xff", "byte 0xff is not UTF-8; save it as UTF-8"),
        (b"\x07", "control character U+0007; delete it"),
        (b"\x00", "control character U+0000; delete it"),
    ],
)
def test_bytes_that_are_no_text_are_named_with_their_line(read, data, mistake):
    """A file that cannot be read whole is read all the same, for its other faults."""
    with Collector() as collector:
        html, _ = read(f"{HEADER}Kind: x\n\none\n\ntwo ".encode() + data)
    first, second = sorted(map(str, collector.problems))
    assert first == f"articles/x/article.md:10: {mistake}"
    assert second.startswith('articles/x/article.md:6: "x" is none of')
    assert ">two" in html


def test_no_story_has_anything_of_the_one_read_before(read):
    """Footnotes, abbreviations and links of one story end with it."""
    note = f"{HEADER}\nA[^1] [b].\n\n[^1]: Note\n\n[b]: https://example.org/\n"
    first = read(note.encode())
    assert read(note.encode()) == first
    assert read(f"{HEADER}\nA[^1] [b].\n".encode())[0].endswith(">A[^1] [b].</p>")


def test_only_markdown_is_a_story(content, build_content):
    """A file with any other ending is a story's attachment, and copied as it is."""
    for name in ("data.csv", "notes.txt", "paper.rst"):
        (content / "articles/2026/first" / name).write_text("Title: No story\n")
    story = build_content() / "2026/a-first-story"
    assert (story / "notes.txt").read_text() == "Title: No story\n"
    assert {path.name for path in story.iterdir()} == {
        "index.html",
        "card.png",
        "cite",
        "data.csv",
        "notes.txt",
        "paper.rst",
    }
