"""What lies in content/: looked through once, before anything of it is read.

Only what is found here is published, so that no link, in a text or on the disk, brings
anything from elsewhere into the site.
"""

import os
import posixpath
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import translate
from functools import lru_cache
from pathlib import Path
from typing import Any

from newsroom import ledger_file, map_file, timeline
from newsroom.comment_file import FOLDER
from newsroom.device import DEVICE
from newsroom.marks import MARK
from newsroom.problems import report, shown
from newsroom.state import Stamp
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
    files when the build began.
    """

    files: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    discussions: set[str] = field(default_factory=set)
    stamps: dict[str, Stamp] = field(default_factory=dict)

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


def look(settings: dict[str, Any]) -> ContentFiles:
    """Find the files of the site; report what cannot be one, and close its folders."""
    content = settings["PATH"]
    found = ContentFiles()
    closed: list[str] = []
    ignored = re.compile("|".join(map(translate, settings["IGNORE_FILES"])))
    texts = [*settings["ARTICLE_PATHS"], *settings["PAGE_PATHS"]]
    stories = tuple(f"{content}/{name}/" for name in settings["ARTICLE_PATHS"])
    for name in dict.fromkeys([*texts, *settings["STATIC_PATHS"]]):
        in_story = name in settings["ARTICLE_PATHS"]
        for entry in _entries(f"{content}/{name}", ignored, closed, in_story=in_story):
            if entry.name == FOLDER:
                found.discussions.add(entry.path)
                continue
            is_text = entry.name.endswith(".md") and name in texts
            fault = _name_fault(entry.name)
            if fault and is_text:
                # So that it is not read: Pelican leaves out files by their names.
                settings["IGNORE_FILES"] = [*settings["IGNORE_FILES"], entry.name]
            elif is_text:
                found.texts.add(entry.path)
            fault = fault or ("" if is_text else _kind_fault(entry, in_story))
            if fault:
                report(entry.path, 0, fault)
            else:
                found.files.add(entry.path)
    _leave_out_others(found, stories)
    for paths in ("ARTICLE", "PAGE", "STATIC"):
        settings[f"{paths}_EXCLUDES"] = [
            *settings[f"{paths}_EXCLUDES"],
            *(os.path.relpath(folder, content) for folder in closed),
        ]
    return found


def _leave_out_others(found: ContentFiles, stories: tuple[str, ...]) -> None:
    """Report the texts beside a story's own, and read none of them.

    What is not read is said to have no other fault, nor to be a story.
    """
    own: dict[str, str] = {}
    for text in sorted(
        found.texts, key=lambda path: (posixpath.basename(path) != ARTICLE, path)
    ):
        story = own.setdefault(posixpath.dirname(text), text)
        if story != text and text.startswith(stories):
            report(
                text,
                0,
                f"{shown(story)} lies in the same folder; give each story one of its "
                "own, and keep notes outside content/",
            )
            found.texts.discard(text)
            found.files.discard(text)


def _entries(
    folder: str, ignored: re.Pattern[str], closed: list[str], *, in_story: bool
) -> Iterator["os.DirEntry[str]"]:
    """Yield the files below `folder`, and the folders of comments.

    Reports what is no file, and does not follow links.
    """
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except FileNotFoundError:
        return
    except OSError as error:
        report(folder, 0, f"cannot be looked into: {error.strerror}")
        closed.append(folder)
        return
    _find_twins(entries)
    for entry in entries:
        if ignored.match(entry.name):
            if entry.name == FOLDER and entry.is_dir():
                yield entry
            elif entry.name == FOLDER:
                report(
                    entry.path,
                    0,
                    "is a file, and its name that of a folder of comments; rename it",
                )
        elif entry.is_symlink():
            report(
                entry.path, 0, "is a link to another place; put the file itself here"
            )
            closed.append(entry.path)
        elif not entry.is_dir(follow_symlinks=False):
            yield entry
        elif fault := _name_fault(entry.name) or _folder_fault(
            entry.name, in_story=in_story
        ):
            report(entry.path, 0, fault)
            closed.append(entry.path)
        else:
            yield from _entries(entry.path, ignored, closed, in_story=in_story)


def _find_twins(entries: list["os.DirEntry[str]"]) -> None:
    """Report names that are one on a disk that knows no capitals, or one accent."""
    if len(entries) == 1:
        return
    seen: dict[str, str] = {}
    for entry in entries:
        other = seen.setdefault(name_key(entry.name), entry.name)
        if other != entry.name:
            report(
                entry.path,
                0,
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
