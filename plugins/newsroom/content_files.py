"""What lies in content/: looked through once, before anything of it is read.

Only what is found here is published, so that no link, in a text or on the disk, brings
anything from elsewhere into the site.
"""

import os
import posixpath
import re
import stat
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from fnmatch import translate
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

from newsroom import ledger_file, map_file, timeline, tree
from newsroom.changes import LITTER_NAME
from newsroom.comment_file import FOLDER
from newsroom.device import DEVICE
from newsroom.marks import MARK
from newsroom.problems import report, shown
from newsroom.state import Stamp, seen_of
from newsroom.wording import name_key

# What is read beside a story, by its name alone.
READ = {
    ledger_file.NAME: "ledger",
    timeline.NAME: "timeline",
    map_file.NAME: "map",
    FOLDER: "folder of comments",
}
# What a story's text is called by `make new`, and in most folders.
ARTICLE = "article.md"
STORY_ENDINGS = frozenset([".md", ".markdown", ".mdown", ".mkd", ".mkdn"])
# A browser that opens one runs it as a page of this site; or a server does.
RUNNING = re.compile(
    r"\.(asp|aspx|cgi|hta|html?|htc|jar|js|jsp|mht|mhtml|mjs|php|phtml|pl|shtml|svgz|swf"
    r"|wasm|xht|xhtml|xml|xsl|xslt)",
    re.IGNORECASE,
)
# What editors, merges and folders that several people share leave behind.
LEFT_OVER = re.compile(
    r"\.(orig|rej|bak|tmp|save|part|crdownload)$|^~\$|\.sync-conflict-|conflicted copy",
    re.IGNORECASE,
)
NO_NAME = re.compile(r'[\x00-\x1f<>:"|?*\\]|^\s|[\s.]$|[\ud800-\udfff]')
LONGEST_NAME = 200  # bytes; a build adds a few, and a disk takes 255


@dataclass
class ContentFiles:
    """What may be published, the texts of that, which are read, and where comments are.

    Each is a path that begins with that of the content. `stamps` has those of all
    files when the build began. `faults` says what is not published, and why: of
    `closed` folders nothing is.
    """

    files: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    discussions: set[str] = field(default_factory=set)
    stamps: dict[str, Stamp] = field(default_factory=dict)
    faults: list[tuple[str, str]] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)

    def beside(self) -> dict[str, dict[str, Stamp]]:
        """Return the stamps of the files in each folder of a text, and below it."""
        found: dict[str, dict[str, Stamp]] = {
            posixpath.dirname(text): {} for text in self.texts
        }
        for path, stamp in self.stamps.items():
            folder = path.rpartition("/")[0]
            while folder:
                if folder in found:
                    found[folder][path] = stamp
                folder = folder.rpartition("/")[0]
        return found

    def add(self, other: "ContentFiles") -> None:
        """Add what was found elsewhere."""
        self.files |= other.files
        self.texts |= other.texts
        self.discussions |= other.discussions
        self.stamps |= other.stamps
        self.faults += other.faults
        self.closed += other.closed

    def close(self, folder: str, fault: str) -> None:
        """Have nothing of a folder published, for a fault of its own."""
        self.closed.append(folder)
        self.faults.append((folder, fault))

    def tell(self, settings: dict[str, Any]) -> None:
        """Report what is not published, and have Pelican, too, pass over it."""
        content = settings["PATH"]
        stories = (f"{content}/{name}/" for name in settings["ARTICLE_PATHS"])
        self._leave_out_others(tuple(stories))
        for path, fault in sorted(self.faults):
            report(path, 0, fault)
        # Pelican leaves out files by their names.
        names = {posixpath.basename(path) for path, _ in self.faults}
        settings["IGNORE_FILES"] = [
            *settings["IGNORE_FILES"],
            *sorted(name for name in names if _name_fault(name)),
        ]
        for paths in ("ARTICLE", "PAGE", "STATIC"):
            settings[f"{paths}_EXCLUDES"] = [
                *settings[f"{paths}_EXCLUDES"],
                *(os.path.relpath(folder, content) for folder in self.closed),
            ]

    def _leave_out_others(self, stories: tuple[str, ...]) -> None:
        """Leave out the texts beside a story's own, which lie below these folders.

        What is not read is said to have no other fault, nor to be a story.
        """
        folders: defaultdict[str, list[str]] = defaultdict(list)
        for text in self.texts:
            if text.startswith(stories):
                folders[text.rpartition("/")[0]].append(text)
        for texts in folders.values():
            if len(texts) == 1:
                continue
            texts.sort(key=lambda path: (posixpath.basename(path) != ARTICLE, path))
            story, *others = texts
            fault = (
                f"{shown(story)} lies in the same folder; give each story one of its "
                "own, and keep notes outside content/"
            )
            self.faults += [(text, fault) for text in others]
            self.texts.difference_update(others)
            self.files.difference_update(others)


class Area(NamedTuple):
    """What the files in a folder may be: texts, and what lies beside a story's."""

    texts: bool
    stories: bool


def looking(settings: dict[str, Any]) -> Callable[[], ContentFiles]:
    """Begin to look through the content; what is given waits for what is there."""
    look = _Look(settings)
    gathering = tree.gathering(settings["PATH"], look.through)

    def found() -> ContentFiles:
        total = ContentFiles()
        for part in gathering():
            total.add(part)
        return total

    return found


class _Look:
    """Looks through the content, as the settings divide it; follows no link."""

    def __init__(self, settings: dict[str, Any]) -> None:
        content = settings["PATH"]
        stories, pages = settings["ARTICLE_PATHS"], settings["PAGE_PATHS"]
        self._ignored = re.compile("|".join(map(translate, settings["IGNORE_FILES"])))
        self._areas = {
            f"{content}/{name}": Area(name in {*stories, *pages}, name in stories)
            for name in (*settings["STATIC_PATHS"], *stories, *pages)
        }
        self._known: dict[str, Area | None] = {posixpath.dirname(content): None}

    def through(
        self, folders: Iterable[str], past: Container[str]
    ) -> Iterator[ContentFiles]:
        """Yield what is in some folders and below, but for those that are past."""
        found = ContentFiles()
        for folder in folders:
            above = self._area(posixpath.dirname(folder))
            self._into(folder, self._entered(folder, above, found), past, found)
        yield found

    def _area(self, folder: str) -> Area | None:
        """Return what a folder is."""
        if folder not in self._known:
            above = self._area(posixpath.dirname(folder))
            self._known[folder] = self._entered(folder, above, ContentFiles())
        return self._known[folder]

    def _entered(
        self, folder: str, above: Area | None, found: ContentFiles
    ) -> Area | None:
        """Return what a folder is, in one that is `above`; None if none is read."""
        if own := self._areas.get(folder):
            return Area(*map(max, own, above)) if above else own
        if not above:
            return None
        name = posixpath.basename(folder)
        if self._ignored.match(name):
            if name == FOLDER:
                found.discussions.add(folder)
            return None
        fault = _name_fault(name) or _folder_fault(name, in_story=above.stories)
        if fault:
            found.close(folder, fault)
        return None if fault else above

    def _into(
        self, folder: str, area: Area | None, past: Container[str], found: ContentFiles
    ) -> None:
        try:
            with os.scandir(folder) as entries:
                listed = [*entries]
        except FileNotFoundError:
            return
        except OSError as error:
            if area:
                found.close(folder, f"cannot be looked into: {error.strerror}")
            return
        if area:
            found.faults += _twins(listed)
        for entry in listed:
            if not entry.is_dir(follow_symlinks=False):
                self._take(entry, area, found)
            elif entry.path not in past:
                below = self._entered(entry.path, area, found)
                self._into(entry.path, below, past, found)

    def _take(
        self, entry: "os.DirEntry[str]", area: Area | None, found: ContentFiles
    ) -> None:
        """Take a file, or say why it is not published."""
        path, name = entry.path, entry.name
        if LITTER_NAME.match(name):
            return
        try:
            now = entry.stat(follow_symlinks=False)
        except FileNotFoundError:  # it went meanwhile
            return
        except OSError as error:
            if area:
                found.faults.append((path, f"cannot be read: {error.strerror}"))
            return
        found.stamps[path] = seen_of(now)
        area = area or self._areas.get(path)
        if not area or (name != FOLDER and self._ignored.match(name)):
            return
        is_text = area.texts and name.endswith(".md")
        if stat.S_ISLNK(now.st_mode):
            found.closed.append(path)
        if fault := self._fault(entry, now, area, is_text=is_text):
            found.faults.append((path, fault))
            return
        found.files.add(path)
        if is_text:
            found.texts.add(path)

    def _fault(
        self,
        entry: "os.DirEntry[str]",
        now: os.stat_result,
        area: Area,
        *,
        is_text: bool,
    ) -> str:
        """Say why a file is not published."""
        if entry.name == FOLDER:
            return "is a file, and its name that of a folder of comments; rename it"
        if stat.S_ISLNK(now.st_mode):
            return "is a link to another place; put the file itself here"
        if entry.path in self._areas:
            return "is no folder, and the settings say that texts or files are in it"
        fault = _name_fault(entry.name)
        return fault if fault or is_text else _kind_fault(entry, area.stories)


def _twins(entries: list["os.DirEntry[str]"]) -> Iterator[tuple[str, str]]:
    """Yield names that are one on a disk that knows no capitals, or one accent."""
    if len(entries) == 1:
        return
    seen: dict[str, str] = {}
    for entry in sorted(entries, key=attrgetter("name")):
        other = seen.setdefault(name_key(entry.name), entry.name)
        if other != entry.name:
            yield (
                entry.path,
                f'and "{other}" are one file on other systems; rename one of them',
            )


@lru_cache(maxsize=1024)  # most stories are called article.md
def _name_fault(name: str) -> str:
    if LEFT_OVER.search(name):
        return "is left over from an editor or a merge; delete it, or keep it elsewhere"
    if NO_NAME.search(name) or MARK.search(name):
        return "has a name that not every system can keep; rename it"
    if DEVICE.fullmatch(name):
        return "has the name of a device on Windows; rename it"
    if len(os.fsencode(name)) > LONGEST_NAME:
        return f"has a name of more than {LONGEST_NAME} bytes; rename it"
    return ""


def _folder_fault(name: str, *, in_story: bool) -> str:
    if name.endswith(".md"):
        return "is a folder, and its name that of a text; rename it"
    return _spelling_fault(name) if in_story else ""


def _spelling_fault(name: str) -> str:
    """Say what a name was to be that differs in capitals from one that is read."""
    small = name.lower()
    if small in READ and small != name:
        return f"is read by no build: the name of a {READ[small]} is {small}"
    return ""


def _kind_fault(entry: "os.DirEntry[str]", in_story: bool) -> str:
    ending = Path(entry.name).suffix.lower()
    if in_story and ending in STORY_ENDINGS:
        return 'is read by no build: the name of a text ends in ".md"'
    if in_story and (fault := _spelling_fault(entry.name)):
        return fault
    if in_story and RUNNING.fullmatch(ending):
        return (
            "would be run by browsers, or read as a page of this site; "
            "publish it in another form, as PDF or CSV"
        )
    if not stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode):
        return "is no file that can be read; take it out"
    if not os.access(entry.path, os.R_OK):
        return "cannot be read: its permissions forbid it"
    return ""
