"""`make sign`: shows what changed since a story was last signed, then signs it."""

import re
import subprocess
from collections.abc import Iterator
from difflib import unified_diff
from functools import partial
from pathlib import Path

import rtoml

from newsroom import ledger_file, signature, whole_file
from newsroom.header import parse
from newsroom.problems import Problem, shown
from newsroom.schema import StoryHeader, validate
from newsroom.text_file import file_fault, text_of

TEXT = re.compile(r"""(?P<key>\s*text\s*=\s*)("[^"]*"|'[^']*')""")


class SigningError(Exception):
    """The story cannot be signed; the message says why and what to do."""


def sign(article: Path) -> Iterator[str]:
    """Sign `article` in the ledger beside it; yield what to show before."""
    path = article.with_name(ledger_file.NAME)
    if not path.exists():
        raise SigningError(
            f"{shown(path)} is missing: there is no evidence to sign for."
        )
    if fault := file_fault(path):
        raise SigningError(f"{shown(path)} {fault}")
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise SigningError(f"{shown(path)} is not UTF-8; save it as UTF-8") from error
    try:
        check = rtoml.loads(text.removeprefix("\ufeff")).get("check")
    except ValueError as error:
        raise SigningError(f"{shown(path)} is not TOML: {error}") from error
    if not isinstance(check, dict):
        raise SigningError(f"{shown(path)} has no [check]: by whom, when and at what?")
    header = parse(text_of(article))
    story, mistakes = validate(header, StoryHeader)
    if mistakes := header.mistakes + mistakes:
        raise SigningError(
            "\n".join(str(Problem(shown(article), *mistake)) for mistake in mistakes)
        )
    signed = signature.signed(story, header.body, signature.files_beside(article))
    new, old = signature.signature(*signed), str(check.get("text", ""))
    if new == old:
        yield f"{shown(article)} is signed as it is."
        return
    yield from _changes(article, old, _lines(signature.paragraphs(*signed)))
    written = _with_signature(text, new, shown(path))
    if rtoml.loads(written.removeprefix("\ufeff"))["check"].get("text") != new:
        raise SigningError(f'{shown(path)}: write text = "" under [check], alone.')
    whole_file.write(path, written.encode())
    yield f"Signed {shown(article)}: {new}"


def _with_signature(text: str, new: str, name: str) -> str:
    """Return the ledger with `text` in its [check] changed, and all else as it was."""
    starts = ledger_file.table_lines(text)
    if ("check",) not in starts:
        raise SigningError(f"{name}: give the check a table of its own, under [check].")
    lines, outside = text.split("\n"), ledger_file.outside_strings(text).split("\n")
    start = starts["check",]
    end = min(
        (line for line in starts.values() if line > start), default=len(lines) + 1
    )
    for number in range(start, end - 1):
        if TEXT.match(outside[number]) and (found := TEXT.match(lines[number])):
            lines[number] = f'{found["key"]}"{new}"{lines[number][found.end() :]}'
            return "\n".join(lines)
    ending = "\r" if lines[start - 1].endswith("\r") else ""
    lines.insert(start, f'text = "{new}"{ending}')
    return "\n".join(lines)


def _changes(article: Path, old: str, now: list[str]) -> Iterator[str]:
    if not old:
        yield "It was never signed before; this is the whole text:"
        yield from now
        return
    before = next((was for is_, was in _history(article) if is_ == old), None)
    if before is None:
        yield "The text signed before is not in git's history; this is the whole text:"
        yield from now
        return
    signed = _lines(before)
    yield from unified_diff(signed, now, "signed before", "now", lineterm="", n=0)


def _lines(paragraphs: list[str]) -> list[str]:
    """Part what is signed as it is, as a table, where its lines are broken."""
    lines = (each.replace(signature.NUL, "\n").strip("\n") for each in paragraphs)
    return "\n".join(lines).split("\n")


def _history(article: Path) -> Iterator[tuple[str, list[str]]]:
    """Yield the signature and text of each version that git has, the newest first."""
    names = article.name, *signature.FILES
    for commit in _git(article, "log", "--format=%H", "--", *names).split():
        file = partial(_at, article, commit)
        if text := file(article.name):
            yield signature.of_article(text, file)


def _at(article: Path, commit: str, name: str) -> str:
    """Return what a file beside an article had in a commit, or "" if it was not."""
    return _git(article, "show", f"{commit}:./{name}")


def _git(article: Path, *arguments: str) -> str:
    """Return what git prints; nothing where there is no git or no history."""
    try:
        done = subprocess.run(  # noqa: S603 - arguments are our own
            ["git", *arguments],  # noqa: S607 - the user's git
            cwd=article.parent,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
    except FileNotFoundError:
        return ""
    return done.stdout if done.returncode == 0 else ""
