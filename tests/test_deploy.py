"""Deploys: to real servers, in an order that breaks no page, or not at all."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import hosts
import pytest
from conftest import ROOT, TESTS
from lxml.html import document_fromstring
from PIL import Image

from newsroom import deploy, headers, published

SITE = "https://standfirst.test"
RCLONE = Path(sys.executable).with_name("rclone")
NOT_DEPLOYED = {".published", ".carried"}
NO_REMOTES = {"RCLONE_CONFIG": "/dev/null"}
HOUSE = ("pelicanconf.py", "publishconf.py", "pyproject.toml", "requirements.txt")
LONG = pytest.mark.long
STORY = """\
Title: A story with a picture
Date: 2026-01-03
Category: Local
Author: A Reporter
Slug: {slug}
Summary: It has a picture of its own.

![A quay]({picture}){{credit="A Reporter"}}
"""


class House:
    """A newsroom of its own, in which make's commands are run."""

    def __init__(self, folder: Path, of: "House | None" = None) -> None:
        self.folder = folder
        self.output = folder / "output"
        if of:
            shutil.copytree(of.folder, folder, symlinks=True)
            return
        shutil.copytree(TESTS / "minimal", folder / "content")
        for name in ("theme", "plugins"):
            (folder / name).symlink_to(ROOT / name)
        for name in HOUSE:
            shutil.copy(ROOT / name, folder)

    def story(self, slug: str, picture: str) -> None:
        """Write a story with a picture, in the place of what is there."""
        place = self.folder / "content/articles/2026/pictured"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        (place / "article.md").write_text(STORY.format(slug=slug, picture=picture))
        color = (len(slug), 99, 99)
        Image.new("RGB", (600, 400), color).save(place / picture, "PNG")

    def start(self, *words: str, **options: object) -> subprocess.Popen[str]:
        """Begin a command, as make does."""
        own = {"PYTHONPATH": "plugins", "PYTHONUTF8": "1", "SITEURL": SITE}
        return subprocess.Popen(
            [sys.executable, "-m", "newsroom", *words],
            cwd=self.folder,
            env=os.environ | own | NO_REMOTES,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            **options,
        )

    def run(self, *words: str, well: bool = True) -> str:
        """Run a command to its end, which is to be a good one; return what it says."""
        with self.start(*words) as process:
            said, _ = process.communicate()
        assert (process.returncode == 0) == well, said
        return said


@pytest.fixture(scope="module")
def day(tmp_path_factory) -> House:
    """Return a newsroom that has published a story with a picture; only look at it."""
    house = House(tmp_path_factory.mktemp("day") / "house")
    house.story("quay-by-day", "quay.0f3a9c1b7d2e.png")
    house.run("publish")
    return house


@pytest.fixture(scope="module")
def night(day, tmp_path_factory) -> House:
    """Return it later: that story is gone, one is new, one has changed in one word."""
    folder = tmp_path_factory.mktemp("night") / "house"
    house = House(folder, of=day)
    house.story("quay-by-night", "night.0f3a9c1b7d2f.png")
    article = folder / "content/articles/2026/first/article.md"
    text = article.read_text("utf-8")
    assert "The first paragraph" in text
    article.write_text(text.replace("The first paragraph", "The worst paragraph"))
    house.run("publish")
    return house


@pytest.fixture
def own(day, tmp_path) -> House:
    """Return a copy of the first to be changed at will."""
    return House(tmp_path / "own", of=day)


class Remote:
    """A host: how rclone is told of it, and the folder that its files lie in."""

    def __init__(self, destination: str, folder: Path, address: str = "") -> None:
        self.destination = destination
        self.folder = folder
        self.address = address


def local(folder: Path) -> Iterator[Remote]:
    folder.mkdir()
    yield Remote(str(folder), folder)


def s3(folder: Path) -> Iterator[Remote]:
    (folder / "news").mkdir(parents=True)
    with served("s3", folder, "--auth-key", "key,secret") as port:
        options = "provider=Rclone,access_key_id=key,secret_access_key=secret"
        endpoint = f"endpoint='http://127.0.0.1:{port}'"
        yield Remote(
            f":s3,{options},{endpoint}:news",
            folder / "news",
            f"127.0.0.1:{port}/news",
        )


def webdav(folder: Path) -> Iterator[Remote]:
    folder.mkdir()
    with served("webdav", folder) as port:
        url = f"url='http://127.0.0.1:{port}'"
        yield Remote(f":webdav,{url},vendor=rclone:", folder, f"127.0.0.1:{port}")


def plain_webdav(folder: Path) -> Iterator[Remote]:
    folder.mkdir()
    with served("webdav", folder) as port:
        url = f"url='http://127.0.0.1:{port}'"
        yield Remote(f":webdav,{url},vendor=other:", folder, f"127.0.0.1:{port}")


@contextmanager
def served(kind: str, folder: Path, *options: str) -> Iterator[int]:
    """Serve a folder by rclone's own server; yield its port."""
    port = hosts.free_port()
    address = f"127.0.0.1:{port}"
    command = [RCLONE, "serve", kind, *options, "--addr", address, folder]
    with hosts.running(command, port):
        yield port


REMOTES = {"local": local, "s3": s3, "webdav": webdav, "plain webdav": plain_webdav}


@pytest.fixture(
    params=["local", "s3", "webdav", pytest.param("plain webdav", marks=LONG)]
)
def remote(request, tmp_path) -> Iterator[Remote]:
    """Return each kind of host in turn, with nothing on it."""
    yield from REMOTES[request.param](tmp_path / "remote")


def deployed(house: House, remote: Remote) -> str:
    return house.run("deploy", remote.destination, "--go")


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def expected(house: House, remote: Remote) -> dict[str, bytes]:
    """Return what the host is to have, once all is there."""
    files = tree(house.output)
    store = ":s3" in remote.destination
    return {
        name: data
        for name, data in files.items()
        if name not in NOT_DEPLOYED
        and not (store and (name in deploy.SERVERS or name.endswith((".br", ".gz"))))
    }


def broken(folder: Path) -> list[str]:
    """Return each asset that a page on the host shows and the host does not have."""
    found = []
    for page in folder.rglob("*.html"):
        text = page.read_bytes()
        if not text:
            found.append(f"{page}: empty")
            continue
        place = f"{SITE}/{page.relative_to(folder).as_posix()}"
        html = document_fromstring(text)
        sets = html.xpath("//@srcset")
        links = [choice.split()[0] for text in sets for choice in text.split(",")]
        links += html.xpath("//img/@src | //link[not(@rel='canonical')]/@href")
        for link in links:
            path = unquote(urlsplit(urljoin(place, link)).path).lstrip("/")
            if not (folder / path).is_file() and not path.endswith((".xml", ".json")):
                found.append(f"{page}: {link}")
    return found


def test_all_is_brought_and_what_is_gone_is_deleted(day, night, remote):
    """The host has the files of the output and no others, each as it is now.

    Without being told to, nothing is done. A word as long as the one before it is a
    change, and a second time there is nothing to do, where the host can tell.
    """
    said = day.run("deploy", remote.destination)
    assert "new      2026/quay-by-day/index.html" in said
    assert said.endswith("Nothing was changed yet; add GO=yes to do it.\n")
    assert tree(remote.folder) == {}
    deployed(day, remote)
    assert tree(remote.folder) == expected(day, remote)
    said = deployed(night, remote)
    for line in (
        "new      2026/quay-by-night/index.html",
        "changed  2026/a-first-story/index.html",
        "deleted  2026/quay-by-day/index.html",
    ):
        assert line in said
    assert tree(remote.folder) == expected(night, remote)
    assert broken(remote.folder) == []
    said = night.run("deploy", remote.destination)
    assert (" 0 new, 0 changed, 0 deleted, " in said) != ("every file" in said)


def test_a_store_is_told_types_and_how_long_to_keep(day, tmp_path):
    """Each object has its media type; a name with a hash in it is kept for ever."""
    wanted = {
        "index.html": ("text/html; charset=utf-8", headers.SHORT),
        "2026/quay-by-day/quay.0f3a9c1b7d2e.png": ("image/png", headers.LONG),
        "atom.xml": ("text/xml; charset=utf-8", headers.SHORT),
        "site.webmanifest": ("application/manifest+json", headers.SHORT),
        "feed.json": ("application/json", headers.SHORT),
    }
    for remote in s3(tmp_path / "remote"):
        deployed(day, remote)
        said = subprocess.run(
            [RCLONE, "lsjson", "-R", "--metadata", remote.destination],
            env=os.environ | NO_REMOTES,
            capture_output=True,
            check=True,
        ).stdout
        told = {file["Path"]: file.get("Metadata") for file in json.loads(said)}
        for name, (kind, cache) in wanted.items():
            assert told[name]["content-type"] == kind
            assert told[name]["cache-control"] == cache


@pytest.mark.parametrize("kind", ["local", "s3"])
def test_one_that_is_killed_breaks_no_page(kind, day, night, tmp_path):
    """Killed at any moment, every page on the host has all that it shows.

    The next deploy, of either site, needs no repair.
    """
    killed(kind, [day, night], tmp_path / "remote")


@LONG
@pytest.mark.parametrize("kind", REMOTES)
def test_any_number_that_are_killed_break_no_page(kind, day, night, tmp_path):
    """So it is at fifty moments, on each kind of host."""
    killed(kind, [day, night] * 25, tmp_path / "remote")


def killed(kind: str, houses: list[House], folder: Path) -> None:
    """Bring sites to a host in turn, each killed on its way; then the last, whole."""
    moments = random.Random(2016)
    stopped = 0
    for remote in REMOTES[kind](folder):
        deployed(houses[1], remote)
        steps = deployed(houses[0], remote).count(" ...\n")
        for house in reversed(houses):
            process = house.start(
                "deploy", remote.destination, "--go", start_new_session=True
            )
            for _ in range(moments.randint(1, steps - 1)):
                while (line := process.stdout.readline()) and " ...\n" not in line:
                    pass
            time.sleep(moments.uniform(0, 0.1))
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            stopped += process.returncode == -signal.SIGKILL
            assert broken(remote.folder) == []
        assert stopped
        deployed(houses[1], remote)
        assert tree(remote.folder) == expected(houses[1], remote)
    print(f"{kind}: {stopped} of {len(houses)} deploys were killed on their way")


def test_the_order_is_assets_pages_feeds():
    """A page comes after its picture and before the feed that leads to it."""
    names = [
        "sitemap.xml.br",
        "index.html.gz",
        "feed.json",
        "2026/a/quay.png",
        "a.html",
    ]
    turns = {name: deploy._turn(name) for name in names}
    assert turns == {
        "2026/a/quay.png": 0,
        "a.html": 1,
        "index.html.gz": 1,
        "feed.json": 2,
        "sitemap.xml.br": 2,
    }


def hindrance(house: House, **options: bool) -> str:
    settings = {
        "PATH": house.folder / "content",
        "THEME": house.folder / "theme",
        "THEME_TEMPLATES_OVERRIDES": [],
    }
    return published.hindrance(house.output, settings, **options)


def refused(house: House, destination: Path) -> str:
    """Return why a deploy was refused, which left the host as it was."""
    before = tree(destination)
    said = house.run("deploy", str(destination), "--go", well=False)
    assert tree(destination) == before
    assert "Traceback" not in said
    return said


def test_an_output_older_than_its_content_is_refused(own):
    """A story that was changed since, well or badly, is published first."""
    assert hindrance(own) == ""
    story = own.folder / "content/articles/2026/first/article.md"
    text = story.read_text("utf-8")
    story.write_text(text.replace("Title:", "Titel:"))
    own.run("publish", well=False)
    assert "is older than its content" in hindrance(own)
    assert hindrance(own, may_be_old=True) == ""
    story.write_text(text)
    (story.parent / "more.jpg").write_bytes(b"more")
    assert "is older than its content" in hindrance(own)
    (story.parent / "more.jpg").unlink()
    assert hindrance(own) == ""


def test_an_output_that_is_not_as_it_was_published_is_refused(own):
    """A file that is changed, added, or gone was never checked."""
    page = own.output / "index.html"
    text = page.read_bytes()
    (own.output / "more.html").write_bytes(text)
    assert "is not as make publish left it" in hindrance(own)
    (own.output / "more.html").unlink()
    page.write_bytes(text + b" ")
    assert "is not as make publish left it" in hindrance(own)
    page.unlink()
    assert "is not as make publish left it" in hindrance(own, may_be_old=True)
    page.write_bytes(text)
    assert hindrance(own) == ""
    (own.output / ".published").write_text("{}")
    assert "is not as make publish left it" in hindrance(own)


def test_an_output_that_was_not_published_is_refused(own, tmp_path):
    """What `make html` builds has links for a disk; and none at all is no site."""
    own.run("html")
    said = refused(own, tmp_path / "remote")
    assert said == (
        "output/ does not hold a published site: make publish, then deploy again.\n"
    )
    shutil.rmtree(own.output)
    assert "does not hold a published site" in hindrance(own)


def test_much_is_deleted_only_if_that_is_meant(day, tmp_path):
    """A host that has much of which the site has nothing may be the wrong one."""
    remote = tmp_path / "remote"
    remote.mkdir()
    for number in range(20):
        (remote / f"{number}.txt").write_text("mine")
    last = day.run("deploy", str(remote)).splitlines()[-1]
    more = "and DELETE=yes if it is meant that 20 files would be deleted."
    assert last == f"Nothing was changed yet; add GO=yes to do it, {more}"
    said = refused(day, remote)
    assert "Nothing was done: 20 files would be deleted" in said
    day.run("deploy", str(remote), "--go", "--delete")
    assert not (remote / "1.txt").exists()


@pytest.mark.parametrize("destination", ["", "no-such-remote:news"])
def test_a_host_that_is_none_is_named(day, destination):
    """Without DEST, or with one that rclone does not know, it says what to give."""
    said = day.run("deploy", destination, well=False)
    assert "Traceback" not in said
    assert "make deploy DEST=" in said or "no-such-remote" in said


def test_names_that_look_like_patterns_are_taken_as_they_are():
    """A file may have any sign in its name."""
    assert deploy._literal("a[1]*?{b}.png") == r"/a\[1\]\*\?\{b\}.png"
