"""Where comments wait: one SQLite file that the service fills and the desk empties.

What is erased is overwritten (secure_delete) and leaves the write-ahead log too.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import chain
from pathlib import Path
from threading import Lock

from intake.stories import Story

EMAILS_KEPT = timedelta(days=30)
SPAM_KEPT = timedelta(days=15)
BUSY = 10.0  # seconds to wait for the other of service and desk
PAGE = 4096  # bytes
# No number is given twice: who decides on one that is gone must not meet another. The
# digest says whether a comment was sent twice. It leaves out the e-mail address,
# which could be guessed from it after it was erased.
TABLE = """
CREATE TABLE IF NOT EXISTS comments (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  digest TEXT NOT NULL UNIQUE,
  received TEXT NOT NULL,
  story TEXT NOT NULL,
  title TEXT NOT NULL,
  url TEXT NOT NULL,
  folder TEXT NOT NULL,
  parent TEXT NOT NULL,
  name TEXT NOT NULL,
  email TEXT,
  website TEXT NOT NULL,
  text TEXT NOT NULL,
  verdict TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'approved', 'spam')),
  file TEXT NOT NULL DEFAULT ''
) STRICT;
CREATE INDEX IF NOT EXISTS states ON comments (state, id);
"""
# What Akismet is to be told, by a comment's state and its verdict.
OWED = {("approved", "spam"): "ham", ("spam", "ham"): "spam"}


class QueueError(Exception):
    """The queue's file cannot be written or read; the message says why."""


class DecisionError(Exception):
    """A decision cannot be carried out; the message says why and what to do."""


@dataclass(frozen=True)
class Sent:
    """A comment as its reader sent it, all fields clean; `parent` may be empty."""

    story: str
    parent: str
    name: str
    email: str
    website: str
    text: str

    def digest(self) -> str:
        """Return what the same words of the same name under the same story share."""
        parts = (self.story, self.parent, self.name, self.text)
        return sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class Waiting:
    """A row of the queue.

    The story's headline, address and folder (below content/) are those of the day when
    the comment came: a story that takes none today is in no list.
    `verdict` is what Akismet takes it for, ham or spam, since it was told if it was; or
    honeypot, or why Akismet did not say. `file` is where the comment was published,
    below content/.
    """

    id: int
    digest: str
    received: str
    story: str
    title: str
    url: str
    folder: str
    parent: str
    name: str
    email: str | None
    website: str
    text: str
    verdict: str
    state: str
    file: str

    @property
    def owed(self) -> str:
        """What Akismet is still to be told, if anything: ham or spam."""
        return OWED.get((self.state, self.verdict), "")


# By name: a queue of an earlier version has columns more.
COLUMNS = ", ".join(field.name for field in fields(Waiting))


class Queue:
    """The queue in the file `path`, which may grow to `megabytes`; for many threads."""

    def __init__(self, path: Path, megabytes: int) -> None:
        self.path = path
        self._lock = Lock()
        with _told(path, sqlite3.Error, OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._sql = sqlite3.connect(
                path, timeout=BUSY, isolation_level=None, check_same_thread=False
            )
            self._sql.execute("PRAGMA journal_mode=WAL")
            # A comment is on the disk before its reader is thanked.
            self._sql.execute("PRAGMA synchronous=FULL")
            self._sql.execute("PRAGMA secure_delete=ON")
            self._sql.execute(f"PRAGMA max_page_count={megabytes * 2**20 // PAGE}")
            self._sql.executescript(TABLE)

    def close(self) -> None:
        """Close the file; the queue is of no use afterwards."""
        with self._lock:
            self._sql.close()

    def add(
        self, sent: Sent, story: Story, verdict: str, state: str, received: datetime
    ) -> bool:
        """Keep a comment; return whether it is new: the same one is kept once."""
        with self._writing() as sql:
            added = sql.execute(
                "INSERT OR IGNORE INTO comments (digest, received, story, title, url,"
                " folder, parent, name, email, website, text, verdict, state)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    sent.digest(),
                    _stamp(received),
                    sent.story,
                    story.title,
                    story.url,
                    story.folder,
                    sent.parent,
                    sent.name,
                    sent.email,
                    sent.website,
                    sent.text,
                    verdict,
                    state,
                ),
            )
            return added.rowcount == 1

    def rows(self, state: str) -> list[Waiting]:
        """Return the comments in `state`, the oldest first."""
        return self._rows("state = ?", state)

    def get(self, number: int) -> Waiting | None:
        """Return one comment."""
        return next(iter(self._rows("id = ?", number)), None)

    def owing(self) -> list[Waiting]:
        """Return the comments of which Akismet is still to be told."""
        return self._rows(
            "(state, verdict) IN (VALUES (?, ?), (?, ?))", *chain.from_iterable(OWED)
        )

    def others(self, row: Waiting) -> list[Waiting]:
        """Return the other comments of a row's sender, by e-mail or else by name."""
        if row.email:
            return self._rows(
                "id <> ? AND (email = ? OR name = ?)", row.id, row.email, row.name
            )
        return self._rows("id <> ? AND name = ?", row.id, row.name)

    @contextmanager
    def approving(self, row: Waiting, file: str) -> Iterator[None]:
        """Note that a comment was published as `file`, and erase its e-mail address."""
        with self._deciding(row) as sql:
            yield
            sql.execute(
                "UPDATE comments SET state = 'approved', file = ?, email = NULL"
                " WHERE id = ?",
                (file, row.id),
            )
        self._scrub()

    @contextmanager
    def marking_spam(self, row: Waiting) -> Iterator[None]:
        """Note that a comment is spam."""
        with self._deciding(row) as sql:
            yield
            sql.execute(
                "UPDATE comments SET state = 'spam', file = '' WHERE id = ?", (row.id,)
            )

    def settle(self, row: Waiting) -> None:
        """Note that Akismet was told what it was owed of a row."""
        self._write(
            "UPDATE comments SET verdict = ? WHERE id = ? AND digest = ?",
            row.owed,
            row.id,
            row.digest,
        )

    @contextmanager
    def deleting(self, row: Waiting) -> Iterator[None]:
        """Forget a comment wholly."""
        with self._deciding(row) as sql:
            yield
            sql.execute("DELETE FROM comments WHERE id = ?", (row.id,))
        self._scrub()

    def of(self, email: str) -> list[Waiting]:
        """Return the comments that an e-mail address, in any case, is kept with."""
        return self._rows("lower(email) = lower(?)", email)

    def purge(self, now: datetime) -> tuple[int, int]:
        """Erase what was kept its time; return the number of e-mails and of spam."""
        spam = self._write(
            "DELETE FROM comments WHERE state = 'spam' AND received < ?",
            _stamp(now - SPAM_KEPT),
        )
        emails = self._write(
            "UPDATE comments SET email = NULL WHERE email IS NOT NULL AND received < ?",
            _stamp(now - EMAILS_KEPT),
        )
        self._scrub()
        return emails, spam

    def check(self) -> None:
        """Raise QueueError if the file cannot be read."""
        with self._reading() as sql:
            sql.execute("SELECT 1 FROM comments LIMIT 1").fetchone()

    def _rows(self, condition: str, *values: object) -> list[Waiting]:
        query = f"SELECT {COLUMNS} FROM comments WHERE {condition} ORDER BY id"  # noqa: S608 - our own
        with self._reading() as sql:
            return [Waiting(*row) for row in sql.execute(query, values)]

    def _write(self, statement: str, *values: object) -> int:
        with self._writing() as sql:
            return sql.execute(statement, values).rowcount

    def _scrub(self) -> None:
        """Take what was erased out of the write-ahead log too."""
        with self._reading() as sql:
            busy = sql.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise QueueError(
                f"{self.path}: another program reads it for long; what was erased is "
                "still in its -wal file. Stop that program, then run: "
                "make comments DO=purge"
            )

    @contextmanager
    def _deciding(self, row: Waiting) -> Iterator[sqlite3.Connection]:
        """Hold the queue while a decision is carried out on a row that is as it was."""
        with self._writing() as sql:
            # Without the digest it may be another: SQLite gives a number again.
            now = sql.execute(
                "SELECT state FROM comments WHERE id = ? AND digest = ?",
                (row.id, row.digest),
            ).fetchone()
            if now is None:
                raise DecisionError(f"{row.id} was deleted meanwhile.")
            if now[0] != row.state:
                raise DecisionError(
                    f"{row.id} was {row.state} and is {now[0]} meanwhile. Look at it "
                    "again, then decide."
                )
            yield sql

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _told(self.path, sqlite3.Error):
            yield self._sql

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._reading() as sql:
            sql.execute("BEGIN IMMEDIATE")
            try:
                yield sql
                sql.execute("COMMIT")
            except BaseException:
                if sql.in_transaction:  # a full disk has rolled it back by itself
                    sql.execute("ROLLBACK")
                raise


@contextmanager
def _told(path: Path, *errors: type[Exception]) -> Iterator[None]:
    """Raise QueueError in the place of SQLite's and the system's own errors."""
    try:
        yield
    except errors as error:
        raise QueueError(f"{path}: {error}") from error


def _stamp(moment: datetime) -> str:
    """Write a moment as comment files do: 2026-11-24 18:00:05 +00:00."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S +00:00")
