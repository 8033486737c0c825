"""Old addresses: a page at each that leads on, and rules for hosts that redirect."""

import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote, urlsplit

from pelican.contents import Content
from pelican.generators import Generator
from pelican.plugins import signals

from newsroom.addresses import absolute, address
from newsroom.header import parse
from newsroom.page_writer import PageWriter
from newsroom.problems import report, shown
from newsroom.text_file import text_of

RULES = "_redirects"
# Written by newsroom/headers.py when all is known.
NETLIFY = "_headers"
KEY = "Redirect-From"
# Netlify obeys a rule for an address that a file answers only where it has the mark;
# Cloudflare passes over the line with it and takes the other.
CODES = ("301!", "301")
# What every server reads as it stands: * means more to Netlify and Caddy, and so do {}
# to Caddy; the rest would end what it is in.
OLD = re.compile(r'/[^*{}"\\\x00-\x1f\x7f]*')
NEW = re.compile(r"(?:/|https?://)[\w.~!()+@=&/:?#,%-]*", re.ASCII)


class Places:
    """Whose each place below the output is, however its letters are capitalised."""

    def __init__(self) -> None:
        """Begin with none taken."""
        self.files: dict[str, str] = {}
        self.folders: dict[str, str] = {}

    def take(self, places: Iterable[str], whose: str) -> None:
        """Note that these are files, and whose; the first one has a place."""
        for place in places:
            name = place.lower()
            self.files.setdefault(name, whose)
            folder = name.rpartition("/")[0]
            while folder not in self.folders:  # or those above it are known too
                self.folders[folder] = whose
                folder = folder.rpartition("/")[0]

    def hindrance(self, place: str) -> str:
        """Say why no file can be made at `place`, or nothing."""
        name = place.lower()
        if whose := self.files.get(name):
            return f"is {whose}"
        for folder in map(str, PurePosixPath(name).parents):
            if whose := self.files.get(folder):
                return f'lies below "/{folder}", which is {whose}'
        if whose := self.folders.get(name):
            return f"is a folder, and in it is {whose}"
        return ""


def settled(contents: Iterable[Content], places: Places) -> dict[str, Content]:
    """Return the page that each old address leads to; report those that cannot lead."""
    found: dict[str, Content] = {}
    for content in sorted(contents, key=lambda content: str(content.source_path)):
        for place in content.redirect_from:
            if place.lower() == content.save_as.lower():
                _refuse(content, place, "is this page's address still; take it out")
            elif hindrance := places.hindrance(place):
                _refuse(
                    content, place, f"{hindrance}; take it out, or change the other"
                )
            else:
                places.take([place], f"an old address of {shown(content.source_path)}")
                found[place] = content
    return found


def _refuse(content: Content, place: str, why: str) -> None:
    field = parse(text_of(Path(content.source_path))).fields.get(KEY.lower())
    named = address(place, relative=False)
    report(content.source_path, field.line if field else 0, f'"/{named}" {why}')


def rules(redirects: dict[str, Content], site: str) -> str:
    """Return what `_redirects` says of them, for Netlify and Cloudflare Pages."""
    root = urlsplit(site).path
    lines = [
        f"{root}/{quote(address(place, relative=False))} "
        f"{root}/{address(content.save_as, relative=False)} {code}\n"
        for place, content in sorted(redirects.items())
        for code in CODES
    ]
    return "".join(lines)


def host_rules(output: Path) -> dict[str, list[str]]:
    """Return the same rules as nginx, Apache and Caddy read them, by their files.

    They are those lines of `_redirects` that are for one address each.
    """
    file = output / RULES
    lines = file.read_text("utf-8").splitlines() if file.is_file() else []
    moves = (line.split() for line in lines)
    found: dict[str, str] = {}
    for old, new in (move[:2] for move in moves if move[2:] == [CODES[0]]):
        place = unquote(old)
        if ":" not in old and OLD.fullmatch(place) and NEW.fullmatch(new):
            found.setdefault(place, new)  # as on Netlify, the first rule counts
    return {
        ".nginx.conf": [
            f'location = "{old}" {{ return 301 {new}; }}' for old, new in found.items()
        ],
        ".htaccess": [
            f'RedirectMatch 301 "^{re.escape(old)}$" "{new}"'
            for old, new in found.items()
            if "%" not in new  # which Apache would escape again
        ],
        ".Caddyfile": [f'redir "{old}" {new} permanent' for old, new in found.items()],
    }


class Redirects(Generator):  # type: ignore[misc] # Pelican ships no types
    """Writes a page at each old address, and the rules."""

    # Which addresses are in use is known when all else is written.
    last = True

    def generate_output(self, writer: PageWriter) -> None:
        """Write the pages, then the rules below any of the newsroom's own."""
        names = ("articles", "pages", "drafts", "draft_pages")
        contents = [content for name in names for content in self.context[name]]
        if not any(content.redirect_from for content in contents):
            return
        redirects = settled(contents, self._places(writer, contents))
        writer.moved = redirects
        for place, content in redirects.items():
            writer.write_file(
                place,
                self.get_template("redirect"),
                self.context,
                moved=content,
                canonical=absolute(content.save_as, self.settings["SITEURL"]),
                root="../" * place.count("/"),
            )
        files = self.context["staticfiles"]
        own = next((file for file in files if file.save_as == RULES), None)
        if own:
            files.remove(own)
        path = own and own.source_path
        writer.write_document(RULES, self._rules, redirects=redirects, own=path)

    def _rules(self, redirects: dict[str, Content], own: str | None) -> str:
        """Write the rules below those that the newsroom has in a file of its own."""
        before = Path(own).read_text("utf-8") if own else ""
        return before + rules(redirects, self.settings["SITEURL"])

    def _places(self, writer: PageWriter, contents: list[Content]) -> Places:
        places = Places()
        for content in contents:
            whose = f"the address of {shown(content.source_path)}"
            places.take([content.save_as], whose)
        files = (file.save_as for file in self.context["staticfiles"])
        made = {*writer.written, *files, RULES, NETLIFY}
        places.take(made, "the address of something that the site makes")
        return places


def _generators(_pelican: object) -> type[Generator]:
    return Redirects


def register() -> None:
    """Have them made after everything else."""
    signals.get_generators.connect(_generators)
