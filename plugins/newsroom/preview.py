"""The site with its drafts, as `make serve` builds it again after every save."""

from datetime import datetime
from pathlib import Path
from typing import Any

from newsroom.build import Build, build
from newsroom.state import State


class Preview:
    """A site that one process builds over and over, and keeps in its memory."""

    def __init__(self, settings_file: str, output: Path) -> None:
        """Build the site of `settings_file` to `output`."""
        self._file = settings_file
        self._output = str(output)
        self._known: State | None = None
        self._saved: datetime | None = None

    def build(self, **override: Any) -> Build:
        """Build it from what the last build knew; of one that failed, nothing stays."""
        known, self._known = self._known, None
        override |= {"OUTPUT_PATH": self._output, "PREVIEW": True}
        # An index takes longer than a look at what was written may.
        override["SEARCH"] = False
        site = build(self._file, known=known, save=False, **override)
        self._known = site.state
        return site

    def remember(self) -> None:
        """Save what is known for the next `make serve`, if it is news."""
        if self._known and self._known.built != self._saved:
            self._known.save()
            self._saved = self._known.built
