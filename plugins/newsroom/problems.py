"""Every mistake of a build, taken from the log so that one run can name them all."""

import logging
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pelican.log import LimitFilter

from newsroom import disk

logger = logging.getLogger("newsroom")

# What a build may end with: a mistake, with DEBUG any error, and what settings raise.
FAILURES = (Exception, SystemExit)

# Pelican drops a warning that it has given before, even in an earlier build.
LimitFilter.LOGS_DEDUP_MIN_LEVEL = logging.DEBUG

# Said by our own checks instead, which know the file and the line.
SAID_BETTER = frozenset(
    {
        "Unable to find '%s', skipping url replacement.",
        "Replacement Indicator %r not recognized in %r, skipping replacement",
        "Cannot get modification stamp for %s\n\t%s",
        # It is gone when it says so.
        "Removed extraneous trailing slash from SITEURL.",
        "Empty alt attribute for image %s in %s",
        # No fault for a reader: the link leads to the file, which lies with its story.
        "{filename} used for linking to static content %s in %s. Use {static} instead",
        "The {attach} link in %s cannot relocate %s because %s. Falling back to "
        "{filename} link behavior instead.",
    }
)


# Of a message; it may quote what an author wrote, and that may be a megabyte.
LONGEST = 600
# What would end a line, steer a terminal, turn the order of letters, or not print.
UNPRINTABLE = re.compile(
    r"[\0-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff]"
)


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake: `path` is relative to where the build was started, `line` from 1.

    Either may be unknown: an empty path, a line of 0.
    """

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        """Show it as compilers do, so that editors can jump to the place."""
        place = f"{self.path}:{self.line}" if self.line else self.path
        message = self.message
        if len(message) > LONGEST:
            message = f"{message[: LONGEST - 150]} … {message[-150:]}"
        return _printable(f"{place}: {message}" if place else message)


class BuildFailedError(Exception):
    """The build has problems; the output it was to replace stands as it was."""

    exitcode = 1  # read by the pelican command

    def __init__(self, problems: list[Problem], books: object = None) -> None:
        self.problems = sorted(set(problems))
        self.books = books
        super().__init__("\n".join(map(str, self.problems)))


class Collector(logging.Handler):
    """Gathers as problems whatever is logged as a warning or worse, while it is open.

    >>> with Collector() as collector:
    ...     report(Path("article.md"), 3, "unknown key")
    >>> print(*collector.problems)
    article.md:3: unknown key
    """

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.problems: list[Problem] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a problem as it is and make one of any other record."""
        if record.msg in SAID_BETTER:
            return
        for error in record.args if isinstance(record.args, tuple) else ():
            # Pelican tells that it could not copy a file, and goes on without it.
            if isinstance(error, OSError) and disk.refused(error):
                raise error
        problem = getattr(record, "problem", None)
        if problem is None:
            message = record.getMessage()
            if record.exc_info and record.exc_info[1]:
                message = f"{message}: {record.exc_info[1]}"
            problem = Problem("", 0, message)
        self.problems.append(problem)

    def __enter__(self) -> "Collector":
        """Listen to every logger."""
        logging.getLogger().addHandler(self)
        return self

    def __exit__(self, *exception: object) -> None:
        """Stop listening."""
        logging.getLogger().removeHandler(self)


def _printable(text: str) -> str:
    return UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], text)


def report(path: Path | str, line: int, message: str) -> None:
    """Say that the author made a mistake in `path` at `line` (0 where unknown)."""
    tell([Problem(shown(path), line, message)])


def tell(problems: Iterable[Problem]) -> None:
    """Say problems that are known already, as those that a worker met."""
    for problem in problems:
        logger.error("%s", problem, extra={"problem": problem})


def report_all(path: Path | str, mistakes: Iterable[tuple[int, str]]) -> None:
    """Say each of the mistakes in `path`: (line, message)."""
    for line, message in mistakes:
        report(path, line, message)


def is_raised(error: Exception) -> bool:
    """Whether an unforeseen error is raised as it is: a disk's, and with DEBUG any."""
    return bool(os.environ.get("DEBUG")) or disk.refused(error)


def unexpected(error: Exception) -> str:
    """Say an error that is no author's, and what shows where it came from."""
    return (
        f"{type(error).__name__}: {error} (put DEBUG=1 before the command to see where)"
    )


def shown(path: Path | str) -> str:
    """`path` as an author would type it: relative to here where it lies below here."""
    if not path:
        return ""
    relative = os.path.relpath(path)
    return str(path) if relative.startswith(os.pardir) else relative
