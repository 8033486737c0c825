"""Search: a page with a box, and the index that Pagefind finds in; where SEARCH is set.

What Pagefind reads is a small page for each story, made here, so that the story's own
page carries nothing for it.
"""

import subprocess
import sys
from collections.abc import Iterable
from html import escape
from importlib.util import find_spec
from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

from pelican import Pelican
from pelican.contents import Article
from pelican.generators import Generator
from pelican.plugins import signals
from pelican.writers import Writer

from newsroom import search_order
from newsroom.addresses import address
from newsroom.claims import words
from newsroom.ledger import Verdict
from newsroom.problems import report
from newsroom.settings import FILE, line_of
from newsroom.theme_tools import KIND_NAMES, day

SCRIPT = "search.js"
LICENCE = Path(__file__).parents[2] / "LICENSE"
# Of what Pagefind writes: its own boxes, and what a page needs that it works beside.
UNUSED = (
    "pagefind-component-ui.*",
    "pagefind-highlight.*",
    "pagefind-modular-ui.*",
    "pagefind-ui.*",
    "pagefind-worker.*",
    "wasm.unknown.*",
)

Filters = dict[str, list[str]]


def filters(story: Article) -> Filters:
    """Return what a story can be chosen by besides its words."""
    return {
        "section": [story.category.name],
        "kind": [KIND_NAMES[story.kind]],
        "verdict": list(story.counts or ()),
        "year": [str(story.date.year)],
    }


def choices(stories: Iterable[Article]) -> Filters:
    """Return what the page offers to choose from: what some story has, in order."""
    found: dict[str, set[str]] = {"section": set(), "kind": set()}
    found |= {"verdict": set(), "year": set()}
    for story in stories:
        for name, values in filters(story).items():
            found[name].update(values)
    return {
        "section": sorted(found["section"]),
        "kind": [kind for kind in KIND_NAMES.values() if kind in found["kind"]],
        "verdict": [verdict for verdict in Verdict if verdict in found["verdict"]],
        "year": sorted(found["year"], reverse=True),
    }


def page(story: Article) -> str:
    """Return the page of a story that Pagefind reads.

    https://pagefind.app/docs/indexing/, /docs/filtering/, /docs/metadata/, /docs/sorts/
    """
    marks = [
        *(
            ("filter", name, value)
            for name, values in filters(story).items()
            for value in values
        ),
        ("meta", "date", day(story.date)),
        ("meta", "section", story.category.name),
        ("sort", "date", story.date.isoformat()),
    ]
    return "\n".join(
        [
            "<!doctype html><html><head><title></title>",
            *(
                f'<meta data-pagefind-{kind}="{name}[content]" '
                f'content="{escape(value)}">'
                for kind, name, value in marks
            ),
            "</head><body data-pagefind-body>",
            f"<h1>{escape(story.title)}</h1>",
            f"<p>{escape(story.summary)}</p>",
            f"<p>{escape(words(story.content))}</p>",
            "</body></html>",
        ]
    )


def write_index(stories: Iterable[Article], output: Path, language: str) -> None:
    """Have Pagefind write the index of `stories` into the folder `output`.

    Parts of Pagefind come with it, and so the terms of its licence.
    """
    with TemporaryDirectory() as folder:
        for story in stories:
            place = Path(folder, story.save_as)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(page(story), "utf-8")
        command = [sys.executable, "-m", "pagefind", "--silent", "--site", folder]
        command += ["--output-path", str(output), "--force-language", language]
        run = subprocess.run(  # noqa: S603 - our own arguments
            command, capture_output=True, text=True, check=False
        )
    if run.returncode:
        raise RuntimeError(f"Pagefind failed: {run.stdout}{run.stderr}".strip())
    for pattern in UNUSED:
        for file in output.glob(pattern):
            file.unlink()
    search_order.settle(output)
    copyfile(LICENCE, output / "LICENSE.txt")


class SearchPage(Generator):  # type: ignore[misc] # Pelican ships no types
    """Writes the page, its script and the index beside it."""

    def generate_output(self, writer: Writer) -> None:
        """Write nothing where SEARCH is off."""
        if not self.settings["SEARCH"]:
            return
        place = self.settings["SEARCH_SAVE_AS"]
        stories = self.context["articles"]
        relative = self.settings["RELATIVE_URLS"]
        writer.write_file(
            place,
            self.get_template("search"),
            self.context,
            relative_urls=relative,
            url=address(place, relative=relative),
            choices=choices(stories),
        )
        folder = Path(self.output_path, place).parent
        folder.mkdir(parents=True, exist_ok=True)
        copyfile(Path(self.theme, "static", "js", SCRIPT), folder / SCRIPT)
        if stories:
            language = self.settings["DEFAULT_LANG"]
            write_index(stories, folder / "pagefind", language)


def _check(pelican: Pelican) -> None:
    """Report that Pagefind is missing, and go on without, so that no link is blamed."""
    if pelican.settings["SEARCH"] and find_spec("pagefind") is None:
        pelican.settings["SEARCH"] = False
        report(
            FILE,
            line_of("SEARCH"),
            "SEARCH = True needs Pagefind, which `make html` and `make publish` "
            "install; or run: make .venv/.search",
        )


def _generators(_pelican: object) -> type[Generator]:
    return SearchPage


def register() -> None:
    """Look for Pagefind first; have the page made after those of the stories."""
    signals.initialized.connect(_check)
    signals.get_generators.connect(_generators)
