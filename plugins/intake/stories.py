"""Which stories take comments today: comments.json, which every build writes."""

import json
import logging
from datetime import date
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any

import httpx
from pydantic import BaseModel, ValidationError

from intake.log import log

EVERY = 60.0  # seconds between two questions to a web server
TIMEOUT = 5.0  # seconds
VERSION = 1


class StoriesError(Exception):
    """There is no list of stories; the message says why and what to do."""


class Story(BaseModel):
    """A story that takes comments: its address and headline, its folder in content/."""

    url: str
    title: str
    folder: str
    closes: date | None
    comments: frozenset[str]


class Stories(BaseModel):
    """The site's address and its stories by their slugs."""

    version: int
    site: str
    stories: dict[str, Story]

    def open(self, slug: str, today: date) -> Story | None:
        """Return the story if it takes comments on the day `today`."""
        story = self.stories.get(slug)
        if story is None or (story.closes and story.closes < today):
            return None
        return story


class Source:
    """The list at `place`, a path or a web address, read again when it changed."""

    def __init__(self, place: str) -> None:
        self.place = place
        self._lock = Lock()
        self._mark: Any = None
        self._asked = -EVERY
        self._stories: Stories | None = None
        self._fault = ""

    @property
    def is_remote(self) -> bool:
        """Whether the list is read from a web server."""
        return self.place.startswith(("http://", "https://"))

    def current(self) -> Stories:
        """Return the newest list that could be read; raise StoriesError without any."""
        with self._lock:
            if not self.is_remote or monotonic() - self._asked >= EVERY:
                self._read()
            if self._stories is None:
                raise StoriesError(self._fault)
            return self._stories

    def check(self) -> None:
        """Raise StoriesError as long as the newest list cannot be read."""
        self.current()
        if self._fault:
            raise StoriesError(self._fault)

    def _read(self) -> None:
        fault = ""
        try:
            if self.is_remote:
                self._ask()
            else:
                self._look()
        except StoriesError as error:
            # Perhaps a build that is being copied here; the list before it will do.
            fault = str(error)
            if self._stories and fault != self._fault:
                log("stories-failed", logging.WARNING, why=fault)
        self._fault = fault

    def _look(self) -> None:
        """Read the file if it is another than before, or was written again."""
        path = Path(self.place)
        try:
            stat = path.stat()
            mark = (stat.st_ino, stat.st_mtime_ns, stat.st_size)
            if mark == self._mark:
                return
            text = path.read_bytes()
        except OSError as error:
            raise StoriesError(
                f"{self.place}: {error.strerror}. Build the site first (make publish), "
                "or name the file or its address in COMMENTS_STORIES."
            ) from error
        self._stories = _parsed(text, self.place)
        self._mark = mark

    def _ask(self) -> None:
        """Ask the server whether there is a newer list."""
        self._asked = monotonic()
        headers = {"If-None-Match": self._mark} if self._mark else {}
        try:
            answer = httpx.get(
                self.place, headers=headers, timeout=TIMEOUT, follow_redirects=True
            )
            if answer.status_code == httpx.codes.NOT_MODIFIED:
                return
            answer.raise_for_status()
        except httpx.HTTPError as error:
            raise StoriesError(
                f"{self.place}: {error}. Publish the site first, or correct "
                "COMMENTS_STORIES."
            ) from error
        self._stories = _parsed(answer.content, self.place)
        self._mark = answer.headers.get("ETag")


def _parsed(text: bytes, place: str) -> Stories:
    try:
        stories = Stories.model_validate(json.loads(text))
    except (ValidationError, ValueError) as error:
        raise StoriesError(
            f"{place} is no list of stories as a build writes it; build the site again."
        ) from error
    if stories.version != VERSION:
        raise StoriesError(
            f"{place} is of version {stories.version}, and this service reads "
            f"{VERSION}; build the site and start the service from the same version."
        )
    return stories
