"""Nothing of a draft, of a machine or of a reader's address is published anywhere."""

import getpass
import re
import shutil
import socket
from pathlib import Path

import pytest
from conftest import ROOT, SETTINGS, TESTS

from newsroom.build import build

BINARY = (".br", ".gz", ".png", ".webp", ".jpg", ".jpeg", ".avif", ".ico")
SECRETS = {
    "articles/2026/draft/article.md": "Status: draft\nDate: 2026-01-03",
    "articles/2026/scheduled/article.md": "Date: 2998-01-03",
}
HEADER = (
    "Title: {0}title\nCategory: {0}section\nTags: {0}topic\nAuthor: {0}author\n"
    "Summary: {0}summary.\n{1}\n\n{0}body.\n"
)


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    """Publish the fixture site with secrets in it, as make publish does."""
    content = tmp_path_factory.mktemp("leaks") / "content"
    shutil.copytree(TESTS / "site", content)
    for name, header in SECRETS.items():
        path = content / name
        path.parent.mkdir(parents=True)
        path.write_text(HEADER.format("Zanzibar", header), "utf-8")
        path.with_name("Zanzibar.csv").write_text("Zanzibar")
        path.with_name(".env").write_text("Zanzibar")
    (content / "pages/held.md").write_text(
        "Title: Zanzibar\nStatus: draft\nSummary: Zanzibar.\n\nZanzibar.\n"
    )
    output = content.with_name("output")
    site = build(
        SETTINGS,
        PATH=str(content),
        OUTPUT_PATH=str(output),
        RELATIVE_URLS=False,
        SITEURL="https://news.example.org",
        PUBLISHING=True,
    )
    assert (site.books.drafts, site.books.scheduled) >= (2, 1)
    return output


def test_no_text_names_the_machine(published):
    """Its name would tell who else to try."""
    name = re.compile(
        rb"(?<![\w-])" + re.escape(socket.gethostname().encode()) + rb"(?![\w-])"
    )
    assert [
        place
        for place, data in everything(published)
        if not place.endswith(BINARY) and name.search(data)
    ] == []


def everything(output):
    """Yield each file's place and bytes, and its place alone as bytes."""
    for path in output.rglob("*"):
        place = str(path.relative_to(output))
        yield place, place.encode() + (path.read_bytes() if path.is_file() else b"")


@pytest.mark.parametrize(
    "secret",
    [
        b"anzibar",
        str(ROOT).encode(),
        str(TESTS).encode(),
        str(Path.home()).encode() + b"/",
        b"pytest-of-" + getpass.getuser().encode(),
        b"\nEmail:",
    ],
)
def test_no_file_has_it(published, secret):
    """Neither the pages, feeds, search and data, nor their names."""
    assert [place for place, data in everything(published) if secret in data] == []


def test_the_newsdesks_is_the_only_address_of_e_mail(published):
    """But for one that a story names, none is in the output."""
    found = {
        address
        for place, data in everything(published)
        if not place.endswith(BINARY)
        for address in re.findall(rb"[\w.+-]+@(?:[\w-]+\.)+[a-z]{2,}\b", data)
    }
    typed = {b"ask@example.org"}  # a story of tests/site says it
    assert found == {b"newsdesk@standfirst.example"} | typed
