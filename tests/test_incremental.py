"""A build that remembers the last one gives what a build from nothing would."""

import gc
import json
import os
import random
import re
import runpy
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, SETTINGS, TESTS
from jinja2 import Environment, pass_environment
from pelican.plugins import signals
from photographs import scene
from sharing import share_all
from test_build import files

from newsroom import (
    content_files,
    page_writer,
    release,
    state,
    stories,
)
from newsroom.build import build
from newsroom.changes import snapshot
from newsroom.preview import Preview
from newsroom.problems import BuildFailedError
from newsroom.shared_parts import SharedParts
from newsroom.state import Stamp
from newsroom.stories import StoriesGenerator

NOON = 1_795_348_800  # 22 November 2026, in seconds
DAY = 86_400
NO_STORY = {"lead": None, "seconds": (), "sections": ()}
ARTICLE = """\
Title: {title}
Date: {date}
Category: {section}
Tags: {topics}
Author: {author}
Slug: {slug}
Summary: {summary}

{text}
"""
MARK = "\n[Words](claim:first)\n"
LINK = "[Another](<{{filename}}../{}/article.md{}>)"
LEDGER = """\
[sources.one]
publisher = "A paper"
title = "A report"
url = "https://example.org/"
accessed = 2026-01-02
kind = "primary"
origin = "A paper"

[[claims]]
id = "first"
claim = "{claim}"
verdict = "corroborated"
note = "The report says so."
about = "the headline"

[[claims.evidence]]
source = "one"
stance = "supports"
says = "It is so."

[check]
by = "A Checker"
on = 2026-01-03
review_by = {review}
scope = "All."
text = ""
"""


BUILD = f"""
import json, sys
from newsroom.build import build
build({SETTINGS!r}, **json.loads(sys.argv[1]))
"""

# What publishconf.py adds.
PUBLISHED = {
    "PUBLISHING": True,
    "RELATIVE_URLS": False,
    "SITEURL": "https://paper.test",
}

# As the fixture `aged` does in this process.
AGED = f"""
import newsroom.state
newsroom.state.RACE = {-DAY * 10**9}
"""

# Adds words to every summary, which a module beside it has.
PLUGIN = """
from pelican import signals
from sidebar_words import WORDS

def add(generator, metadata):
    from late_words import LATE

    metadata["summary"] = f"{WORDS}, {LATE}, {'more words'}"

def register():
    signals.article_generator_context.connect(add)
"""

# Begins every text with a paragraph.
EXTENSION = """
from markdown.extensions import Extension
from markdown.preprocessors import Preprocessor

class Words(Preprocessor):
    def run(self, lines):
        return ["A paragraph of more words", "", *lines]

class Wording(Extension):
    def extendMarkdown(self, md):
        md.preprocessors.register(Words(md), "words", 40)

def makeExtension(**options):
    return Wording(**options)
"""


class Newsroom:
    """A site in which somebody edits at random, by a seed."""

    def __init__(self, content: Path, seed: int) -> None:
        self.content = content
        self.settings: dict[str, Any] = {
            "PATH": str(content),
            "OUTPUT_PATH": str(content.parent / "output"),
            "THEME": str(content.parent / "theme"),
            "CARDS": False,
            "DEFAULT_PAGINATION": 2,
        }
        self.random = random.Random(seed)
        self.now = NOON
        self.number = 0
        for _ in range(3):
            self.add()

    def folders(self) -> list[Path]:
        """Return the folders of all stories."""
        return sorted(path.parent for path in self.content.rglob("article.md"))

    def any_story(self) -> Path:
        """Return the folder of one."""
        return self.random.choice(self.folders())

    def add(self) -> None:
        """Write a story, which may link to another."""
        self.number += 1
        folder = self.content / f"articles/2026/story-{self.number}"
        folder.mkdir(parents=True)
        others = [path.name for path in self.folders()]
        link = self.random.choice([*others, ""])
        text = LINK.format(link, "") if link else "Words."
        fields = {
            "title": f"Story {self.number}",
            "date": f"2026-{self.random.randint(1, 12):02}-05",
            "section": self.random.choice(["World", "Local"]),
            "topics": self.random.choice(["Water", "Fire", "Water, Fire"]),
            "author": self.random.choice(["A Reporter", "B Reporter"]),
            "slug": f"story-{self.number}",
            "summary": f"What story {self.number} says.",
            "text": text,
        }
        (folder / "article.md").write_text(ARTICLE.format(**fields), "utf-8")

    def change(self, key: str, value: str) -> None:
        """Give a key of some header another value."""
        path = self.any_story() / "article.md"
        lines = path.read_text("utf-8").splitlines()
        lines = [f"{key}: {value}" if line.startswith(key) else line for line in lines]
        path.write_text("\n".join(lines) + "\n", "utf-8")

    def edit(self) -> str:
        """Make one change; return what it was."""
        mark = self.random.randrange(1000)
        changes: dict[str, Callable[[], object]] = {
            "a story more": self.add,
            "a story less": self.remove,
            "a headline": lambda: self.change("Title", f"Headline {mark}"),
            "a standfirst": lambda: self.change("Summary", f"Standfirst {mark}."),
            "a section": lambda: self.change("Category", self.any_of("World", "Arts")),
            "topics": lambda: self.change("Tags", self.any_of("Water", "Air, Fire")),
            "a date": lambda: self.change("Date", f"2026-0{mark % 9 + 1}-11"),
            "an address": lambda: self.change("Slug", f"story-{mark % 7}"),
            "a claim": lambda: self.claim(mark),
            "no claim": self.unmark,
            "a byline": lambda: self.change("Author", self.any_of("C Reporter", "D")),
            "words": lambda: self.append(f"\nMore words, {mark}.\n"),
            "a ledger": lambda: self.ledger(mark),
            "a document": lambda: self.document(mark),
            "a comment": lambda: self.comment(mark),
            "no comments": lambda: self.change(
                "Comments", self.any_of("open", "closed")
            ),
            "a renamed folder": self.rename,
            "a page": lambda: self.page(mark),
            "the next day": self.wait,
            "a picture": lambda: self.picture(mark),
            "a template": lambda: self.template(mark),
            "a setting": lambda: self.settings.update(FRONT_PAGE_STORIES=mark % 3 + 1),
            "a build that is killed": lambda: self.killed(0.3 + mark / 1000),
        }
        what = self.random.choice(sorted(changes))
        changes[what]()
        return what

    def any_of(self, *words: str) -> str:
        """Choose a word."""
        return self.random.choice(words)

    def append(self, text: str) -> None:
        """Add words to some story."""
        with (self.any_story() / "article.md").open("a", encoding="utf-8") as file:
            file.write(text)

    def remove(self) -> None:
        """Delete a story, but for the last two."""
        if len(self.folders()) > 2:
            shutil.rmtree(self.any_story())

    def rename(self) -> None:
        """Move a story's folder."""
        self.number += 1
        name = self.any_of("moved", "it's moved", "r&d")
        self.any_story().rename(self.content / f"articles/2026/{name}-{self.number}")

    def ledger(self, mark: int) -> None:
        """Give a story a ledger, or another one."""
        path = self.any_story() / "ledger.toml"
        review = self.random.choice(["2026-11-22", "2026-11-23", "2027-01-01"])
        path.write_text(LEDGER.format(claim=f"It is {mark}.", review=review), "utf-8")

    def claim(self, mark: int) -> None:
        """Mark the claim of some story, and link to it from another."""
        folder = self.any_story()
        if not (folder / "ledger.toml").exists():
            ledger = LEDGER.format(claim=f"It is {mark}.", review="2027-01-01")
            (folder / "ledger.toml").write_text(ledger, "utf-8")
        with (folder / "article.md").open("a", encoding="utf-8") as article:
            article.write(MARK)
        self.append(f"\n{LINK.format(folder.name, '#claim-first')}\n")

    def unmark(self) -> None:
        """Take the marks out of some story."""
        path = self.any_story() / "article.md"
        path.write_text(path.read_text("utf-8").replace(MARK, ""), "utf-8")

    def document(self, mark: int) -> None:
        """Add a document, and a link to it."""
        folder = self.any_story()
        (folder / "minutes.txt").write_text(f"{mark}", "utf-8")
        with (folder / "article.md").open("a", encoding="utf-8") as file:
            file.write("\n[The minutes](minutes.txt)\n")

    def comment(self, mark: int) -> None:
        """Add a comment to some story, or take the last of them away."""
        folder = self.any_story() / "comments"
        folder.mkdir(exist_ok=True)
        there = sorted(folder.iterdir())
        if there and mark % 3 == 0:
            there[-1].unlink()
            return
        (folder / f"c{mark}.md").write_text(
            f"Author: Ann\nDate: 2026-10-11 12:00\n\nI say {mark}.\n", "utf-8"
        )

    def page(self, mark: int) -> None:
        """Change a page."""
        path = self.content / "pages/about.md"
        path.write_text(f"Title: About {mark}\nSummary: {mark}.\n\nWe.\n", "utf-8")

    def picture(self, mark: int) -> None:
        """Put a picture into some story, or change the one that is there."""
        folder = self.any_story()
        text = (folder / "article.md").read_text("utf-8")
        if "quay.png" not in text:
            shown = '\n![A quay](quay.png){credit="A. Name"}\n'
            (folder / "article.md").write_text(text + shown, "utf-8")
        scene(20 + mark % 5, 10).save(folder / "quay.png")

    def template(self, mark: int) -> None:
        """Change what some pages are made with."""
        path = Path(self.settings["THEME"], "templates")
        path /= self.any_of("_footer.html", "cite.html", "atom.xml")
        text = path.read_text("utf-8").partition("{#!")[0]
        path.write_text(f"{text}{{#!#}}<!-- {mark} -->", "utf-8")

    def killed(self, seconds: float) -> None:
        """Begin a build of what is there, which has workers, and kill it."""
        (self.any_story() / "article.md").touch()
        code = f"from sharing import share_all; share_all()\n{BUILD}"
        command = [sys.executable, "-c", code, json.dumps(self.settings)]
        environment = os.environ | {
            "SOURCE_DATE_EPOCH": str(self.now),
            "PYTHONPATH": "plugins:tests",
        }
        begun = subprocess.Popen(
            command, env=environment, cwd=ROOT, stderr=subprocess.DEVNULL
        )
        time.sleep(seconds)
        begun.kill()
        begun.wait()

    def wait(self) -> None:
        """Let the day go on, or two."""
        self.now += DAY * self.random.choice([0, 1, 2])


@pytest.fixture
def site(tmp_path, content, monkeypatch):
    """Return a function that builds `content` at a moment, to an output by its name."""

    def run(output: str, now: int = NOON, **settings: object) -> Path:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(now))
        settings = {"CARDS": False, "DEFAULT_PAGINATION": 2, **settings}
        settings |= {"PATH": str(content), "OUTPUT_PATH": str(tmp_path / output)}
        build(SETTINGS, **settings)
        return tmp_path / output

    return run


@pytest.fixture
def preview(tmp_path, content, monkeypatch):
    """Return a function that does so with drafts, and remembers but the clean ones."""
    monkeypatch.setattr("newsroom.preview.SHORT", 0)
    kept: dict[str, Preview] = {}
    before: dict[str, Stamp] = {}

    def run(output: str, now: int = NOON, **settings: object) -> Path:
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(now))
        new = Preview(SETTINGS, tmp_path / output)
        one = new if output == "clean" else kept.setdefault(output, new)
        after = snapshot(str(content))
        one.glance({path for path, _ in before.items() ^ after.items()})
        before.update(after)
        one.build(**(settings | {"PATH": str(content), "CARDS": False}))
        return tmp_path / output

    return run


@pytest.fixture
def aged(monkeypatch):
    """Take no file for one that was changed just before, and might be again unseen."""
    monkeypatch.setattr(state, "RACE", -DAY * 10**9)


@pytest.fixture
def shared(monkeypatch):
    """Have everything shared among processes."""
    share_all(monkeypatch.setattr)


def result(run: Callable[[], Path]) -> dict[Path, bytes] | str:
    """Return the files that a build gives, or the mistakes that it names."""
    try:
        return files(run())
    except BuildFailedError as failure:
        return str(failure)


def follow(site, tmp_path, content, seed: int, edits: int, **settings: object) -> None:
    """Edit at random, and hold each build against one from nothing."""
    newsroom = Newsroom(content, seed)
    newsroom.settings |= settings
    shutil.copytree(ROOT / "theme", newsroom.settings["THEME"])
    made = []

    def built(output: str) -> dict[Path, bytes] | str:
        return result(lambda: site(output, newsroom.now, **newsroom.settings))

    for _ in range(edits):
        made.append(newsroom.edit())
        now = built("output")
        shutil.rmtree(tmp_path / ".cache/build/clean", ignore_errors=True)
        assert now == built("clean"), made


@pytest.mark.parametrize("seed", range(30))
def test_any_edits_give_what_a_clean_build_gives(
    site, tmp_path, content, seed, request
):
    """Whatever is changed, in whatever order, the bytes are those of a clean build."""
    if seed % 3 == 0:
        request.getfixturevalue("shared")
    follow(site, tmp_path, content, seed, 2)


@pytest.mark.parametrize("seed", range(200, 210))
def test_a_publish_gives_what_a_clean_one_gives(site, tmp_path, content, seed, request):
    """The same, with the compressed twins and the notes of a publish."""
    request.getfixturevalue("monkeypatch").setenv("SHRINK", "yes")
    if seed % 2:
        request.getfixturevalue("shared")
    follow(site, tmp_path, content, seed, 3, **PUBLISHED)


@pytest.mark.parametrize("seed", range(100, 110))
def test_a_preview_gives_what_a_clean_one_gives(preview, tmp_path, content, seed):
    """The same, of a process that goes on from what it remembers."""
    follow(preview, tmp_path, content, seed, 4)


@pytest.fixture
def glanced(tmp_path, content, monkeypatch, aged):  # noqa: ARG001
    """Return a site that was built as a preview, and a function that edits a story."""
    monkeypatch.setattr("newsroom.preview.SHORT", 0)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(NOON))
    Newsroom(content, 1)
    site = Preview(SETTINGS, tmp_path / "output")
    path = content / "articles/2026/story-2/article.md"

    def edit(old: str, new: str) -> bool:
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
        return site.glance({str(path)})

    site.build(PATH=str(content), CARDS=False)
    return site, edit


def test_a_glance_shows_a_story_before_the_rest(glanced, tmp_path, content):
    """Its own pages at once; lists with the build, which makes them as a clean one."""
    site, edit = glanced
    before = files(tmp_path / "output")
    assert edit("Title: Story 2", "Title: Another headline")
    after = files(tmp_path / "output")
    changed = {str(path) for path in before if before[path] != after[path]}
    assert all(path.startswith("2026/story-2/") for path in changed)
    assert b"Another headline" in after[Path("2026/story-2/index.html")]
    site.build(PATH=str(content), CARDS=False)
    Preview(SETTINGS, tmp_path / "clean").build(PATH=str(content), CARDS=False)
    assert files(tmp_path / "output") == files(tmp_path / "clean")


def test_what_a_glance_showed_does_not_stay(glanced, tmp_path, content):
    """What was taken back before the build came is nowhere, nor two builds later."""
    site, edit = glanced
    before = files(tmp_path / "output")
    for _ in range(3):
        assert edit("Summary: What", "Summary: That")
        assert edit("Summary: That", "Summary: What")
        site.build(PATH=str(content), CARDS=False)
        assert files(tmp_path / "output") == before


def test_what_a_glance_showed_two_builds_ago_does_not_come_back(
    glanced, tmp_path, content
):
    """Both builds find the story as it was, and the first left what was shown."""
    site, edit = glanced
    before = files(tmp_path / "output")
    path = content / "articles/2026/story-2/article.md"
    text = path.read_text("utf-8")
    assert edit("Summary: What", "Summary: That")
    path.write_text(text, "utf-8")
    site.build(PATH=str(content), CARDS=False)
    assert edit("Summary: What", "Summary: Those")
    assert edit("Summary: Those", "Summary: What")
    site.build(PATH=str(content), CARDS=False)
    assert files(tmp_path / "output") == before


def test_a_glance_shows_the_first_edit_though_there_was_nothing_to_build(
    glanced, tmp_path, content
):
    """What it needs is read when the build that wrote nothing is through."""
    site, edit = glanced
    before = everything(tmp_path / "output")
    site.build(PATH=str(content), CARDS=False)
    assert everything(tmp_path / "output") == before
    site.rest(PATH=str(content), CARDS=False)
    assert edit("Title: Story 2", "Title: Another headline")
    story = tmp_path / "output/2026/story-2/index.html"
    assert "Another headline" in story.read_text("utf-8")


@pytest.mark.parametrize(
    ("old", "new"),
    [("Category: ", "Categry: "), ("Slug: story-2", "Slug: elsewhere")],
)
def test_a_glance_leaves_to_the_build_what_it_cannot_show(glanced, tmp_path, old, new):
    """A mistake, or another address: what stood stands."""
    _, edit = glanced
    before = files(tmp_path / "output")
    assert not edit(old, new)
    assert files(tmp_path / "output") == before


def test_a_glance_leaves_to_the_build_what_debug_lets_through(
    glanced, tmp_path, content, monkeypatch
):
    """An error of Python's own, of a theme that cannot show what a story says now."""
    site, edit = glanced
    theirs = tmp_path / "theirs/article.html"
    theirs.parent.mkdir()
    ours = (ROOT / "theme/templates/article.html").read_text("utf-8")
    theirs.write_text(
        "{% set share = 1 // (article.title | length - 9) %}" + ours, "utf-8"
    )
    overrides = {"THEME_TEMPLATES_OVERRIDES": [str(theirs.parent)]}
    site.build(PATH=str(content), CARDS=False, **overrides)
    monkeypatch.setenv("DEBUG", "1")
    assert not edit("Title: Story 2", "Title: Story two")


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1000, 1500))
def test_many_edits_give_what_a_clean_build_gives(site, tmp_path, content, seed):
    """The same, for five hundred longer sequences."""
    follow(site, tmp_path, content, seed, 6)


def apart(code: str, folder: Path, **settings: object) -> str:
    """Run code that takes settings, in a process of its own; return what it prints."""
    run = subprocess.run(
        [sys.executable, "-c", code, json.dumps(settings)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "plugins")},
        cwd=folder,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return run.stdout


def everything(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return the inode and the time of change of all that lies in a folder."""
    found = {path: path.lstat() for path in [folder, *folder.rglob("*")]}
    return {path: (each.st_ino, each.st_mtime_ns) for path, each in found.items()}


@pytest.mark.usefixtures("aged")
def test_nothing_to_do_writes_nothing(site, tmp_path, content):
    """A second build leaves every folder, file and note as the first left them."""
    newsroom = Newsroom(content, 1)
    newsroom.ledger(1)
    site("output")
    before = everything(tmp_path)
    site("output")
    assert everything(tmp_path) == before


@pytest.mark.usefixtures("aged")
def test_nothing_to_do_writes_nothing_after_a_publish_either(site, tmp_path, content):
    """The twins that it kept from the publish before are known too."""
    newsroom = Newsroom(content, 1)
    site("output", **PUBLISHED)
    newsroom.append("\nMore words.\n")
    site("output", **PUBLISHED)
    before = everything(tmp_path)
    site("output", **PUBLISHED)
    assert everything(tmp_path) == before


def test_a_twin_is_no_file_to_link_to(site, content):
    """Though it is there when a publish begins, in the release last but one."""
    newsroom = Newsroom(content, 1)
    for _ in range(3):
        newsroom.append("\nMore words.\n")
        site("output", **PUBLISHED)
    newsroom.append("\n[Packed](../../category/world/index.html.gz)\n")
    with pytest.raises(BuildFailedError, match="leads nowhere"):
        site("output", **PUBLISHED)


def test_nothing_to_do_needs_little(tmp_path, content):
    """Neither the schema of a ledger is built, nor what draws or serves loaded."""
    Newsroom(content, 1).ledger(1)
    idle = "flask", "httpx", "intake", "newsroom.map_drawing", "newsroom.picture_maker"
    code = (
        f"{AGED}{BUILD}\nfrom newsroom.ledger import Ledger\n"
        f"print(Ledger.__pydantic_complete__, *({{*sys.modules}} & {{*{idle!r}}}))"
    )
    places = {"PATH": str(content), "OUTPUT_PATH": str(tmp_path / "output")}
    for expected in "True\n", "False\n":
        assert apart(code, tmp_path, **places, CARDS=False) == expected


def test_what_was_saved_just_before_a_build_is_compared(
    site, tmp_path, content, monkeypatch
):
    """Stories are, and where they are the same, nothing is done."""
    newsroom = Newsroom(content, 1)
    moment = time.time_ns()
    time.sleep(1)
    for folder in newsroom.folders():
        (folder / "article.md").touch()
    monkeypatch.setattr("newsroom.state.RACE", time.time_ns() - moment)
    site("output")
    before = everything(tmp_path)
    site("output")
    assert everything(tmp_path) == before


@pytest.mark.parametrize("layer", ["reader", "generator"])
def test_pelicans_own_cache_hides_nothing(site, tmp_path, content, layer):
    """A page whose text is the same may show a picture that is another."""
    cached = {
        "CACHE_CONTENT": True,
        "LOAD_CONTENT_CACHE": True,
        "CONTENT_CACHING_LAYER": layer,
        "CACHE_PATH": str(tmp_path / "cache"),
    }
    quay = content / "articles/2026/first/quay.png"
    with (content / "pages/about.md").open("a", encoding="utf-8") as page:
        page.write(
            '\n![A quay]({static}/articles/2026/first/quay.png){credit="A. Name"}\n'
        )
    for width in 20, 30:
        scene(width, 10).save(quay)
        page = site("output", **cached) / "about/index.html"
        assert f'width="{width}"' in page.read_text("utf-8")


def see(monkeypatch, other: Callable[[Stamp], Stamp]) -> None:
    """Have files that are read seen with other stamps than theirs."""
    seen_of = state.seen_of
    for module in (content_files, state):
        monkeypatch.setattr(module, "seen_of", lambda found: other(seen_of(found)))


@pytest.mark.parametrize("name", ["articles/2026/story-1/article.md", "pages/about.md"])
def test_a_file_may_be_another_with_the_same_stamp(site, content, monkeypatch, name):
    """As where a disk counts whole seconds, and a file is saved twice in one."""
    monkeypatch.setattr("newsroom.state.RACE", DAY * 10**9)
    moment = time.time_ns()
    see(monkeypatch, lambda found: (moment, found[1]))
    Newsroom(content, 1)
    before = files(site("output"))
    path = content / name
    text = path.read_text("utf-8")
    edited = re.sub("(?<=^Title: ).", "T", text)
    assert len(edited) == len(text)
    path.write_text(edited, "utf-8")
    after = files(site("output"))
    assert after == files(site("clean")) != before


@pytest.mark.usefixtures("aged")
def test_a_folder_that_took_the_place_of_another_is_another(site, content, monkeypatch):
    """What is in it was not changed, and may be of one size and one moment."""
    moment = time.time_ns()
    see(monkeypatch, lambda found: (moment, *found[1:]))
    extra = content / "extra"
    for name in "ab":
        (extra / name).mkdir()
        (extra / name / "data.csv").write_text(name)
        os.utime(extra / name / "data.csv", ns=(moment, moment))
    site("output")
    for old, new in (("a", "c"), ("b", "a"), ("c", "b")):
        (extra / old).rename(extra / new)
    assert files(site("output")) == files(site("clean"))


@pytest.mark.usefixtures("aged")
def test_a_story_that_is_saved_again_while_it_is_read_is_read_again(
    tmp_path, content, monkeypatch
):
    """As by an editor that puts a text in order once it is saved; no glance helps."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(NOON))
    article = Newsroom(content, 1).folders()[0] / "article.md"
    site = Preview(SETTINGS, tmp_path / "output")

    def built() -> bytes:
        site.build(PATH=str(content), CARDS=False)
        return (tmp_path / "output/atom.xml").read_bytes()

    def save(words: str) -> None:
        article.write_text(f"{article.read_text('utf-8')}\n{words}.\n", "utf-8")

    def save_again(read: Any) -> None:
        if read.source_path == str(article):
            save("Second words")

    built()
    save("First words")
    with signals.content_object_init.connected_to(save_again):
        assert b"Second words" not in built()
    assert b"Second words" in built()


@pytest.fixture
def facts(tmp_path, content, monkeypatch):
    """Return a file beside a site where nothing was changed just before a build."""
    Newsroom(content, 3)
    path = tmp_path / "facts.txt"
    path.write_text("Facts of old")
    monkeypatch.setattr(state, "RACE", 0)
    time.sleep(0.1)
    return path


def test_what_a_plugin_read_and_is_saved_before_the_end_is_read_again(
    site, tmp_path, facts
):
    """Its stamp is that of the new words, and the pages have the old."""
    theme = theme_that_shows("{{ facts }}", tmp_path)

    def add(generator: Any) -> None:
        generator.context["facts"] = facts.read_text("utf-8")

    def save(_generator: Any) -> None:
        facts.write_text("Facts of today")

    with signals.article_generator_finalized.connected_to(add):
        with signals.static_generator_finalized.connected_to(save):
            site("output", THEME=str(theme))
        output = site("output", THEME=str(theme))
    assert "Facts of today" in (output / "index.html").read_text("utf-8")


def test_what_a_page_read_and_is_saved_at_once_is_read_again(site, tmp_path, facts):
    """Before its stamp is taken, so that this is that of the new words."""
    theme = theme_that_shows("{{ 'facts'|told }}", tmp_path)

    def told(_name: str) -> str:
        text = facts.read_text("utf-8")
        if text == "Facts of old":
            facts.write_text("Facts of today")
        return text

    def built(output: str) -> dict[Path, bytes]:
        return files(site(output, THEME=str(theme), JINJA_FILTERS={"told": told}))

    assert "Facts of old" in str(built("output"))
    assert built("output") == built("clean")


@pytest.mark.usefixtures("aged")
def test_a_file_that_was_set_back_is_another(site, content):
    """Some programs set all files to one time; a change of one digit is seen still."""
    newsroom = Newsroom(content, 1)
    article = newsroom.folders()[0] / "article.md"
    os.utime(article, (NOON, NOON))
    site("output")
    text = article.read_text("utf-8")
    article.write_text(text.replace("Summary: What", "Summary: That"), "utf-8")
    os.utime(article, (NOON, NOON))
    assert files(site("output")) == files(site("clean"))


@pytest.mark.usefixtures("aged")
@pytest.mark.parametrize(
    "change",
    [
        lambda output, _: (output / "index.html").write_text("mine"),
        lambda output, _: (output / "mine.html").write_text("mine"),
        lambda output, _: (output / "about/index.html").unlink(),
        lambda _, content: (content / "extra/new.txt").write_text("new"),
        lambda _, content: shutil.rmtree(next(content.rglob("story-2"))),
    ],
)
def test_what_is_not_as_the_last_build_left_it_is_built(site, content, change):
    """In the output or in the content: the result is that of a clean build."""
    Newsroom(content, 1)
    change(site("output"), content)
    assert files(site("output")) == files(site("clean"))


def theme_that_shows(what: str, folder: Path) -> Path:
    """Return a theme below `folder`, whose every page ends with `what`."""
    theme = shutil.copytree(ROOT / "theme", folder / "theme")
    footer = theme / "templates/_footer.html"
    footer.write_text(footer.read_text("utf-8") + what, "utf-8")
    return theme


@pytest.fixture
def page_with_motto(site, tmp_path):
    """Return a function that builds with a filter whose result each page shows."""
    theme = theme_that_shows("{{ SITENAME|motto }}", tmp_path)

    def run(motto: Callable[[str], str]) -> str:
        output = site("output", THEME=str(theme), JINJA_FILTERS={"motto": motto})
        return (output / "about/index.html").read_text("utf-8")

    return run


@pytest.mark.usefixtures("aged")
def test_a_function_of_the_settings_is_an_input(page_with_motto, tmp_path, content):
    """Another filter, in the same place of the same name, makes every page anew."""
    Newsroom(content, 1)
    settings = tmp_path / "mottos.py"

    def built_with(motto: str) -> str:
        settings.write_text(f"def motto(_):\n    return {motto!r}\n")
        return page_with_motto(runpy.run_path(str(settings))["motto"])

    assert "First" in built_with("First")
    assert "Other" in built_with("Other")


def test_a_value_that_settings_give_all_templates_is_an_input(site, tmp_path):
    """Not only functions: words, or what settings read of a file."""
    theme = theme_that_shows("{{ mottos.first }}", tmp_path)

    def built_with(motto: str) -> str:
        mottos = {"mottos": {"first": motto}}
        output = site("output", THEME=str(theme), JINJA_GLOBALS=mottos)
        return (output / "about/index.html").read_text("utf-8")

    assert "First words" in built_with("First words")
    assert "Other words" in built_with("Other words")


@pytest.mark.parametrize(
    "changed", ["sidebar.py", "sidebar_words.py", "late_words.py", "extension.py"]
)
def test_a_plugin_is_an_input_with_all_that_it_imports(tmp_path, content, changed):
    """Another plugin, or a module that it takes words from, even when a story is read.

    So are the modules that settings name and Markdown imports.
    """
    Newsroom(content, 1)
    (tmp_path / "sidebar.py").write_text(PLUGIN)
    (tmp_path / "sidebar_words.py").write_text("WORDS = 'words'")
    (tmp_path / "late_words.py").write_text("LATE = 'late words'")
    (tmp_path / "extension.py").write_text(EXTENSION)
    settings = tmp_path / "conf.py"
    settings.write_text(
        f"{AGED}import sys\nfrom pathlib import Path\n"
        f"exec(Path({SETTINGS!r}).read_text())\n"
        f"sys.path.insert(0, {str(tmp_path)!r})\nimport sidebar\n"
        f"PLUGINS = [*PLUGINS, sidebar]\nTHEME = {str(ROOT / 'theme')!r}\n"
        f"MARKDOWN['extensions'].append('extension')\n"
        f"PATH, CARDS = {str(content)!r}, False\n"
    )

    def pages(output: str) -> dict[Path, bytes]:
        code = BUILD.replace(SETTINGS, str(settings))
        apart(code, tmp_path, OUTPUT_PATH=str(tmp_path / output))
        return files(tmp_path / output)

    before = pages("output")
    path = tmp_path / changed
    path.write_text(re.sub("words(['\"])", r"other words\1", path.read_text("utf-8")))
    after = pages("output")
    assert after == pages("clean") != before


def made_by(monkeypatch, kind, name: str) -> list[str]:
    """Keep a list of what a method is called with first."""
    made: list[str] = []
    method = getattr(kind, name)

    def call(self, first, *rest):
        made.append(getattr(first, "name", first))
        return method(self, first, *rest)

    monkeypatch.setattr(kind, name, call)
    return made


def test_a_body_is_made_where_it_is_shown(site, content, monkeypatch):
    """Other stories are not read, and lists that do not show a body are kept."""
    newsroom = Newsroom(content, 2)
    site("output")
    time.sleep(0.01)
    read = made_by(monkeypatch, stories.StoriesGenerator, "_read_one")
    made = made_by(monkeypatch, page_writer.PageWriter, "_make_one")
    folder = newsroom.folders()[-1]
    with (folder / "article.md").open("a") as file:
        file.write("\nOne more paragraph.\n")
    site("output")
    assert read == [f"articles/2026/{folder.name}/article.md"]
    assert f"articles/2026/{folder.name}/article.md" in made
    assert "atom.xml" in made
    assert not {"index.html", "archive/index.html", "404.html"} & {*made}


@pytest.mark.usefixtures("aged")
def test_another_theme_makes_the_pages_and_reads_no_story(
    site, tmp_path, content, monkeypatch
):
    """But for what was made with the theme while it was read: a map."""
    newsroom = Newsroom(content, 2)
    theme = tmp_path / "theme"
    shutil.copytree(ROOT / "theme", theme)
    mapped = newsroom.folders()[-1]
    shutil.copy(TESTS / "site/articles/2025/lamps/map.toml", mapped)
    site("output", THEME=str(theme))
    time.sleep(0.01)
    read = made_by(monkeypatch, stories.StoriesGenerator, "_read_one")
    again = [f"articles/2026/{mapped.name}/article.md"]
    for name, expected in ("_footer.html", []), ("map.svg", again):
        template = theme / "templates" / name
        text = template.read_text("utf-8")
        template.write_text(text.replace("</", "Second edition</", 1), "utf-8")
        read.clear()
        now = files(site("output", THEME=str(theme)))
        assert read == expected
        assert now == files(site(f"clean-{name}", THEME=str(theme)))


def test_a_template_that_stands_in_for_the_theme_s_is_part_of_it(site, tmp_path):
    """Pelican takes it from a folder of the newsroom's; every page is made with it."""
    folder = tmp_path / "templates"
    folder.mkdir()
    shutil.copy(ROOT / "theme/templates/_footer.html", folder)
    overrides = {"THEME_TEMPLATES_OVERRIDES": [str(folder)]}
    site("output", **overrides)
    footer = folder / "_footer.html"
    text = footer.read_text("utf-8").replace("</", "Second edition</", 1)
    footer.write_text(text, "utf-8")
    now = files(site("output", **overrides))
    assert now == files(site("clean", **overrides))


@pytest.mark.usefixtures("aged")
def test_a_drawing_s_template_may_stand_in_for_the_theme_s(site, tmp_path, content):
    """Maps and cards are drawn by it, anew where it came after they were drawn."""
    mapped = Newsroom(content, 2).folders()[-1]
    shutil.copy(TESTS / "site/articles/2025/lamps/map.toml", mapped)
    folder = tmp_path / "templates"
    folder.mkdir()
    overrides = {"THEME_TEMPLATES_OVERRIDES": [str(folder)], "CARDS": True}
    before = files(site("output", **overrides))
    for name in ("map.svg", "card.svg"):
        text = (ROOT / "theme/templates" / name).read_text("utf-8")
        mine = text.replace("</svg>", '<path d="M9 9h99v99z"/></svg>')
        (folder / name).write_text(mine, "utf-8")
    now = files(site("output", **overrides))
    assert now == files(site("clean", **overrides))
    drawn = [name for name in now if str(name).endswith(("map.svg", "card.png"))]
    assert len(drawn) >= 3
    assert [name for name in drawn if now[name] == before[name]] == []


def _add(context: dict[str, Any], facts: str) -> None:
    context["shown"] = facts


def _replace(context: dict[str, Any], facts: str) -> None:
    context["SITESUBTITLE"] = facts


def _change(context: dict[str, Any], facts: str) -> None:
    context["DESKS"][:] = [facts]


@pytest.mark.usefixtures("aged")
@pytest.mark.parametrize(
    ("name", "put"), [("shown", _add), ("SITESUBTITLE", _replace), ("DESKS", _change)]
)
def test_what_a_plugin_reads_between_stories_and_pages_is_an_input(
    site, tmp_path, content, name, put
):
    """There is something to do again, though no story and no page has read it.

    It may be added to the context, or stand in the place of a setting or in it.
    """
    Newsroom(content, 3)
    facts = tmp_path / "facts.txt"
    theme = theme_that_shows(f"{{{{ {name} }}}}", tmp_path)

    def add(generator: Any) -> None:
        put(generator.context, facts.read_text("utf-8"))

    with signals.article_generator_finalized.connected_to(add):
        for words in "Facts of old", "Facts of today":
            facts.write_text(words)
            output = site("output", THEME=str(theme))
            assert words in (output / "index.html").read_text("utf-8")


@pytest.mark.usefixtures("aged")
def test_what_is_no_file_is_a_mistake_though_nothing_else_changed(site, content):
    """A link in a story's folder, or a pipe: it is looked for in every build."""
    newsroom = Newsroom(content, 3)
    site("output")
    (newsroom.folders()[0] / "picture.png").symlink_to(ROOT / "README.md")
    with pytest.raises(BuildFailedError, match="is a link to another place"):
        site("output")


def test_a_page_that_is_a_template_itself_is_an_input(site, content):
    """Pelican makes a page of one that lies in the content, where settings name it."""
    templates = {"TEMPLATE_PAGES": {"extra.html": "extra/index.html"}}
    for text in "One", "Another":
        (content / "extra.html").write_text(text)
        page = site("output", **templates) / "extra/index.html"
        assert page.read_text("utf-8") == text


def test_a_headline_is_made_anew_where_it_is_shown(site, content, monkeypatch):
    """Neither on every page of the archive, nor where readers comment on others."""
    newsroom = Newsroom(content, 2)
    for _ in range(9):
        newsroom.add()
    oldest, *_, newest = newsroom.folders()
    for day, folder in enumerate([oldest, newest]):
        path = folder / "article.md"
        text = path.read_text("utf-8")
        text = re.sub("Date: .*", f"Date: 20{20 + day * 6}-11-01", text)
        if folder == oldest:
            text = re.sub("Category: .*", "Category: Arts", text)
            text = re.sub("Tags: .*", "Tags: Moss", text)
        path.write_text(text, "utf-8")
    (oldest / "comments").mkdir()
    comment = "Author: Ann\nDate: 2026-10-11 12:00\n\nI say.\n"
    (oldest / "comments/c1.md").write_text(comment, "utf-8")
    output = site("output")
    made = made_by(monkeypatch, page_writer.PageWriter, "_make_one")
    path = newest / "article.md"
    path.write_text(re.sub("Title: .*", "Title: New", path.read_text("utf-8")), "utf-8")
    site("output")
    last = max(output.glob("archive/page/*"), key=lambda page: int(page.name))
    assert f"articles/2026/{newest.name}/article.md" in made
    assert "archive/index.html" in made
    assert f"articles/2026/{oldest.name}/article.md" not in made
    assert f"archive/page/{last.name}/index.html" not in made


@pytest.mark.parametrize("spoilt", [b"", b"rubbish", state.MAGIC + b"rubbish"])
def test_a_spoilt_state_is_not_believed(site, tmp_path, content, capsys, spoilt):
    """It is said in a line, and the site is built anew."""
    Newsroom(content, 3)
    before = files(site("output"))
    (tmp_path / ".cache/build/output/state").write_bytes(spoilt)
    assert files(site("output")) == before
    assert "cannot be used" in capsys.readouterr().err


def test_a_pipeline_goes_on_from_what_it_kept(site, tmp_path, content, monkeypatch):
    """Of a fresh checkout, with `.cache` and `output` of the last run, edits are made.

    They come back from an archive, which keeps times, and the content has new ones.
    """
    newsroom = Newsroom(content, 3)
    site("output")
    archive = str(tmp_path / "kept.tar")
    tar = ["tar", "--posix", "-C", str(tmp_path)]
    subprocess.run([*tar, "-cf", archive, ".cache", "output"], check=True)
    for path in (".cache", "output", ".output.lock"):
        lost = tmp_path / path
        lost.unlink() if lost.is_file() else shutil.rmtree(lost)
    checkout = tmp_path / "checkout"
    shutil.copytree(content, checkout, copy_function=shutil.copyfile)
    shutil.rmtree(content)
    checkout.rename(content)
    subprocess.run([*tar, "-xf", archive], check=True)
    newsroom.append("\nMore words.\n")
    read = made_by(monkeypatch, StoriesGenerator, "_read_one")
    made = made_by(monkeypatch, page_writer.PageWriter, "_make_one")
    after = files(site("output"))
    assert len(read) == 1
    assert len([name for name in made if name.endswith("article.md")]) == 1
    assert after == files(site("clean"))


def test_a_state_that_cannot_be_kept_costs_time_alone(site, tmp_path, content, capsys):
    """The site is in its place by then, and so the build did not fail."""
    newsroom = Newsroom(content, 2)
    site("output")
    path = tmp_path / ".cache/build/output/state"
    path.unlink()
    (path / "in its way").mkdir(parents=True)
    newsroom.add()
    after = files(site("output"))
    assert "cannot be kept" in capsys.readouterr().err
    assert after == files(site("clean"))


def test_a_preview_goes_on_where_its_state_cannot_be_kept(tmp_path, capsys):
    """A full disk, or one that can only be read, does not end `make serve`."""
    preview = Preview(SETTINGS, tmp_path / "output")
    preview.build()
    (tmp_path / ".cache/build/output/state.new/in its way").mkdir(parents=True)
    preview.rest()
    assert "cannot be kept" in capsys.readouterr().err


def test_a_preview_keeps_nothing_of_the_builds_before(tmp_path, content):
    """However often a story is saved in a day, the memory holds one site."""
    article = Newsroom(content, 1).folders()[0] / "article.md"
    preview = Preview(SETTINGS, tmp_path / "output")
    for number in range(4):
        article.write_text(f"{article.read_text('utf-8')}\nWords {number}.\n", "utf-8")
        preview.build(PATH=str(content), CARDS=False)
        preview.rest()
    kept = [each for each in gc.get_objects() if isinstance(each, SharedParts)]
    assert len(kept) == 1
    if (maps := Path("/proc/self/maps")).exists():  # on Linux
        gone = re.compile(rf" {tmp_path}/.* \(deleted\)$", re.MULTILINE)
        assert not gone.search(maps.read_text("utf-8"))


def test_a_state_without_its_packs_is_not_believed(site, tmp_path, content):
    """What is half deleted is built anew."""
    Newsroom(content, 3)
    before = files(site("output"))
    for pack in (tmp_path / ".cache/build/output").glob("*.pack"):
        pack.unlink()
    assert files(site("output")) == before


def test_what_is_spoilt_in_a_pack_is_read_again(site, tmp_path, content):
    """Bodies are read anew, and links are looked for in the pages."""
    newsroom = Newsroom(content, 3)
    site("output")
    for pack in (tmp_path / ".cache/build/output").glob("*.pack"):
        pack.write_bytes(bytes(255 - byte for byte in pack.read_bytes()))
    newsroom.change("Title", "Another headline")
    newsroom.append("\n## A heading\n")
    assert files(site("output")) == files(site("clean"))


def test_packs_do_not_pile_up(site, tmp_path, content, monkeypatch):
    """Each build adds one or two; what is needed of the small ones is put together."""
    monkeypatch.setattr(state, "PACKS", 3)
    newsroom = Newsroom(content, 3)
    for number in range(6):
        newsroom.append(f"\nMore words, {number}.\n")
        output = site("output")
    assert len([*(tmp_path / ".cache/build/output").glob("*.pack")]) <= 4
    assert files(output) == files(site("clean"))


def test_an_output_that_somebody_changed_is_made_anew(site, content):
    """A page that is not as it was built is not kept."""
    Newsroom(content, 3)
    output = site("output")
    before = files(output)
    (output / "index.html").unlink()
    (output / "index.html").write_text("mine")
    shutil.rmtree(output / "archive")
    assert files(site("output")) == before


def test_what_a_template_reads_past_its_context_is_noticed(
    page_with_motto, tmp_path, content
):
    """A file that a filter opens is an input of the pages that show it.

    So is one beside the theme, whose files are none, with a name that begins alike.
    """
    Newsroom(content, 3)
    motto = tmp_path / "theme.txt"
    motto.write_text("Old motto")

    def read(_name: str) -> str:
        return motto.read_text()

    assert "Old motto" in page_with_motto(read)
    motto.write_text("New motto, longer")
    assert "New motto" in page_with_motto(read)


@pytest.mark.parametrize("shown", ["'motto.txt'|slurp", "'x'|env", "'x' is long"])
def test_what_is_made_of_a_constant_is_not_compiled(site, tmp_path, monkeypatch, shown):
    """Jinja would keep it with the compiled templates; with how it is called, too."""
    theme = theme_that_shows(f"{{{{ {shown} }}}}", tmp_path)
    motto = tmp_path / "motto.txt"
    monkeypatch.chdir(tmp_path)

    @pass_environment
    def of_environment(_environment: Environment, _name: str) -> str:
        return motto.read_text("utf-8")

    def built() -> str:
        output = site(
            "output",
            THEME=str(theme),
            JINJA_FILTERS={
                "slurp": lambda name: Path(name).read_text("utf-8"),
                "env": of_environment,
            },
            JINJA_TESTS={"long": lambda _: len(motto.read_text("utf-8")) > 10},
        )
        return (output / "about/index.html").read_text("utf-8")

    motto.write_text("Short")
    before = built()
    motto.write_text("A longer one")
    assert built() != before


@pytest.mark.usefixtures("aged")
def test_what_a_template_asks_of_others_is_asked_again(
    page_with_motto, tmp_path, content
):
    """Names in a folder, another program, a database: not only what is opened."""
    Newsroom(content, 3)
    folder = tmp_path / "mottos"
    folder.mkdir()

    def database() -> closing[sqlite3.Connection]:
        return closing(sqlite3.connect(tmp_path / "mottos.db"))

    with database() as made:
        made.execute("create table mottos (words text)")

    def listed(_name: str) -> str:
        return ", ".join(path.name for path in folder.iterdir())

    def told(_name: str) -> str:
        return subprocess.check_output(["ls", folder], text=True)

    def stored(_name: str) -> str:
        with database() as reading:
            return ", ".join(
                word for (word,) in reading.execute("select * from mottos")
            )

    for number, motto in enumerate((listed, told, stored)):
        page_with_motto(motto)
        words = f"words-{number}"
        (folder / words).touch()
        with database() as writing, writing:
            writing.execute("insert into mottos values (?)", [words])
        assert words in page_with_motto(motto)


@pytest.mark.usefixtures("aged")
def test_a_file_that_is_not_there_yet_is_an_input(site, tmp_path, content):
    """A story is read again when what a plugin had looked for has come, or is gone."""
    Newsroom(content, 3)
    note = tmp_path / "note.txt"

    def add(_generator: Any, metadata: dict[str, Any]) -> None:
        with suppress(FileNotFoundError):
            metadata["summary"] = note.read_text("utf-8")

    def pages() -> str:
        return (site("output") / "index.html").read_text("utf-8")

    with signals.article_generator_context.connected_to(add):
        assert "A note that came late" not in pages()
        note.write_text("A note that came late")
        assert "A note that came late" in pages()
        note.unlink()
        assert "A note that came late" not in pages()


def test_what_cannot_be_compared_is_refused(site, content, monkeypatch):
    """A value that no digest is known of fails the build, and names the remedy."""
    Newsroom(content, 3)
    monkeypatch.setattr(
        "newsroom.running_order.compose", lambda *_: type("Odd", (), NO_STORY)()
    )
    with pytest.raises(BuildFailedError, match=r"has no digest.*newsroom/digest\.py"):
        site("output")


@pytest.mark.skipif(os.cpu_count() == 1, reason="one core: there is nothing to share")
def test_workers_make_the_same_bytes(site, content, request):
    """One process or several: the site is the same, and after an edit again."""
    newsroom = Newsroom(content, 4)
    alone = files(site("alone"))
    request.getfixturevalue("shared")
    assert files(site("shared")) == alone
    newsroom.append("\nMore words.\n")
    assert files(site("shared")) == files(site("clean")) != alone


@pytest.mark.usefixtures("aged")
@pytest.mark.parametrize(
    ("link", "file", "gone"),
    [
        ("{filename}../story-2/article.md#größe", "story-2/article.md", "{#größe}"),
        ("../story-2/#a%41", "story-2/article.md", "{#a%41}"),
        ("../story-2/a,b (über).pdf", "story-2/a,b (über).pdf", ""),
        ("../story-2/100%25.pdf", "story-2/100%.pdf", ""),
    ],
)
def test_a_link_is_checked_again_when_what_it_leads_to_goes(
    site, content, link, file, gone
):
    """However it is typed: quoted, or as it is read."""
    Newsroom(content, 1)
    stories = content / "articles/2026"
    with (stories / "story-2/article.md").open("a", encoding="utf-8") as article:
        article.write("\n## Size {#größe}\n\n## Share {#a%41}\n")
    if not gone:
        (stories / file).write_bytes(b"x")
    with (stories / "story-1/article.md").open("a", encoding="utf-8") as article:
        article.write(f"\n[There](<{link}>)\n")
    site("output")
    if gone:
        text = (stories / file).read_text("utf-8")
        (stories / file).write_text(text.replace(gone, ""), "utf-8")
    else:
        (stories / file).unlink()
    mistakes = result(lambda: site("output"))
    assert "story-1/article.md" in mistakes
    assert mistakes == result(lambda: site("clean"))


@pytest.mark.usefixtures("aged")
def test_a_fragment_that_goes_from_a_page_of_the_author_s_own_is_missed(site, content):
    """No record tells of it, as no template made the page."""
    Newsroom(content, 1)
    page = content / "extra/own/index.html"
    page.parent.mkdir(parents=True)
    with (content / "articles/2026/story-1/article.md").open("a") as article:
        article.write("\n[There]({static}/extra/own/index.html#sec)\n")
    for name in ("sec", "other"):
        page.write_text(f'<h2 id="{name}">A head</h2>')
        mistakes = result(lambda: site("output"))
    assert 'nothing there has the id "sec"' in mistakes
    assert mistakes == result(lambda: site("clean"))


@pytest.mark.usefixtures("aged")
def test_a_fragment_that_stays_on_another_page_of_the_story_is_missed(site, content):
    """As a claim's, which its evidence has too, where the text marks it no more."""
    Newsroom(content, 1)
    stories = content / "articles/2026"
    ledger = LEDGER.format(claim="It is so.", review="2027-01-01")
    (stories / "story-2/ledger.toml").write_text(ledger, "utf-8")
    marking = stories / "story-2/article.md"
    text = marking.read_text("utf-8")
    marking.write_text(f"{text}\n[Words](claim:first)\n", "utf-8")
    with (stories / "story-1/article.md").open("a", encoding="utf-8") as article:
        article.write("\n[There]({filename}../story-2/article.md#claim-first)\n")
    site("output")
    marking.write_text(text, "utf-8")
    mistakes = result(lambda: site("output"))
    assert 'nothing there has the id "claim-first"' in mistakes
    assert mistakes == result(lambda: site("clean"))


@pytest.mark.parametrize(
    "link",
    [
        "{filename}../r%26d%27s; 1/article.md",
        "{filename}../r&amp;d's; 1/article.md#comments",
        "|filename|/articles/2026/r&d's; 1/article.md",
    ],
)
@pytest.mark.usefixtures("aged")
def test_a_link_follows_the_story_however_it_is_typed(site, content, link):
    """When another story stands at the old address, too."""
    newsroom = Newsroom(content, 1)
    for _ in range(8):
        newsroom.add()
    stories = content / "articles/2026"
    for number, folder in enumerate(sorted(stories.iterdir())):
        day = f"2000-{number + 1:02}-01"
        retyped(folder / "article.md", Date=day, Tags="Water", Category="Arts")
    (stories / "story-9").rename(stories / "r&d's; 1")
    # Far off in time, so that its page shows nothing else of those stories.
    retyped(stories / "story-1/article.md", Tags="Moss", Category="World")
    with (stories / "story-1/article.md").open("a", encoding="utf-8") as article:
        article.write(f"\n[There](<{link}>)\n")
    site("output")
    retyped(stories / "r&d's; 1/article.md", Slug="other")
    retyped(stories / "story-8/article.md", Slug="story-9")
    again = files(site("output"))
    assert again == files(site("clean"))
    assert b"/other/" in again[Path("2000/story-1/index.html")]


def retyped(path: Path, **fields: str) -> None:
    """Give fields of a header other values."""
    text = path.read_text("utf-8")
    for name, value in fields.items():
        text = re.sub(f"(?m)^{name}: .*$", f"{name}: {value}", text)
    path.write_text(text, "utf-8")


def test_a_page_of_the_author_s_own_is_checked_each_time(site, content):
    """Whether it was changed or what it leads to went; no template made it."""
    Newsroom(content, 1)
    page = content / "extra/old.html"
    page.parent.mkdir(exist_ok=True)
    for text in ("", "<!-- nothing -->", "x", '<a href="2026/story-1/">One</a>'):
        page.write_text(text)
        site("output")
    shutil.rmtree(content / "articles/2026/story-1")
    for output in ("output", "clean"):
        assert "old.html: link to" in result(partial(site, output))


@pytest.mark.usefixtures("aged")
def test_a_build_that_waited_for_another_reads_what_is_there_then(
    site, tmp_path, content
):
    """The state and its packs, the theme, the content: all may be others by then."""
    Newsroom(content, 1)
    theme = theme_that_shows("First edition", tmp_path)
    site("output", THEME=str(theme))
    settings = {
        "PATH": str(content),
        "OUTPUT_PATH": str(tmp_path / "output"),
        "THEME": str(theme),
        "CARDS": False,
        "DEFAULT_PAGINATION": 2,
    }
    with release.locked(release.Places.of(tmp_path / "output")):
        waiting = subprocess.Popen(
            [sys.executable, "-c", BUILD, json.dumps(settings)],
            env=os.environ | {"PYTHONPATH": str(ROOT / "plugins")},
            cwd=tmp_path,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert waiting.stderr
        assert "waiting for it" in waiting.stderr.readline()
        footer = theme / "templates/_footer.html"
        text = footer.read_text("utf-8")
        footer.write_text(text.replace("First edition", "Second edition"), "utf-8")
        article = next(content.rglob("article.md"))
        with article.open("a", encoding="utf-8") as file:
            file.write("\nMore words.\n")
        for pack in (tmp_path / ".cache/build/output").glob("*.pack"):
            pack.unlink()
    said = waiting.communicate(timeout=60)[1]
    assert (waiting.returncode, "changed while" in said) == (0, False), said
    assert files(tmp_path / "output") == files(site("clean", THEME=str(theme)))


@pytest.mark.usefixtures("aged")
def test_what_somebody_reads_of_the_site_meanwhile_is_no_input(
    site, content, monkeypatch
):
    """As a browser does in `make serve`, while pages are made by the same process."""
    Newsroom(content, 1)
    output = site("output")
    make = page_writer.PageWriter._text

    def made(self, job):
        for folder in output, output.with_name(".output.staging"):
            if (folder / "404.html").exists():
                (folder / "404.html").read_bytes()
        return make(self, job)

    monkeypatch.setattr(page_writer.PageWriter, "_text", made)
    with (content / "pages/about.md").open("a", encoding="utf-8") as page:
        page.write("\nMore words.\n")
    site("output")
    pages = made_by(monkeypatch, page_writer.PageWriter, "_make_one")
    (content / "extra/new.txt").write_text("x")
    site("output")
    assert pages == []


def test_an_old_address_may_become_a_folder_and_a_file_again(site, content):
    """What stood in its way is of an old release."""
    Newsroom(content, 1)
    article = next(content.rglob("article.md"))
    text = article.read_text("utf-8")
    for old in ("/2015/one.html", "/2015/one.html/", "/2015/one.html", "/2015/"):
        article.write_text(f"Redirect-From: {old}\n{text}", "utf-8")
        assert files(site("output")) == files(site(f"clean{len(old)}"))
        shutil.rmtree(content.parent / f"clean{len(old)}")
        shutil.rmtree(content.parent / f".cache/build/clean{len(old)}")


@pytest.mark.usefixtures("aged")
def test_a_theme_that_is_saved_and_set_back_during_a_preview_leaves_nothing(
    preview, tmp_path, content
):
    """The pages that were made of it meanwhile are made again."""
    Newsroom(content, 1)
    theme = theme_that_shows("First edition", tmp_path)
    footer = theme / "templates/_footer.html"
    text = footer.read_text("utf-8")

    def saved(_generator: object) -> None:
        footer.write_text(text.replace("First", "Second"), "utf-8")

    preview("output", THEME=str(theme))
    (content / "pages/about.md").write_text("Title: A\nSummary: B.\n\nWe.\n", "utf-8")
    with signals.static_generator_finalized.connected_to(saved):
        output = preview("output", THEME=str(theme))
    assert "Second" in (output / "about/index.html").read_text("utf-8")
    footer.write_text(text, "utf-8")
    now = files(preview("output", THEME=str(theme)))
    assert now == files(preview("clean", THEME=str(theme)))
