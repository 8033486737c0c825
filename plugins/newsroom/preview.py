"""The site with its drafts, as `make serve` builds it again after every save."""

import gc
import os
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from newsroom import release
from newsroom.build import Build, build
from newsroom.problems import FAILURES
from newsroom.state import kept_if_possible

# Seconds; a build that takes no longer is waited for.
SHORT = 0.5


class Preview:
    """A site that one process builds over and over, and keeps in its memory."""

    def __init__(self, settings_file: str, output: Path) -> None:
        """Build the site of `settings_file` to `output`."""
        self._file = settings_file
        self._output = str(output)
        self._last: Build | None = None
        self._took = 0.0
        self._saved: datetime | None = None

    def build(self, *, anyway: bool = False, **override: Any) -> Build:
        """Build it from what the last build knew; of one that failed, nothing stays.

        `anyway` has it built even if there is nothing to do.
        """
        last, self._last = self._last, None
        override |= {"OUTPUT_PATH": self._output, "PREVIEW": True}
        # An index takes longer than a look at what was written may.
        override["SEARCH"] = False
        start = time.monotonic()
        known = last.state if last else None
        self._last = build(
            self._file, known=known, save=False, anyway=anyway, **override
        )
        self._took = time.monotonic() - start
        return self._last

    def glance(self, changed: set[str]) -> bool:
        """Show a story's own pages at once, if it alone was `changed` in a large site.

        Those are names of files. It says whether it did; the build that follows takes
        as long as it does, and says what is wrong.
        """
        site = self._last
        paths = {os.path.abspath(name) for name in changed}  # noqa: PTH100 - not links
        texts = all(path.endswith((".md", ".toml")) for path in paths)
        if site is None or self._took < SHORT or not (paths and texts):
            return False
        stories = [
            name
            for name, record in site.state.stories.items()
            if paths <= record.inputs.keys()
        ]
        try:
            return len(stories) == 1 and site.glance(stories[0])
        except FAILURES:
            return False

    def rest(self, **override: Any) -> None:
        """Do what can wait: prepare for glances, save what is known, free memory.

        A build that had nothing to do has not read what a glance needs.
        """
        with suppress(*FAILURES):  # of an edit just now, whose own build will tell
            if self._last and self._last.stories is None:
                self.build(anyway=True, **override)
        site = self._last
        if site and site.state.built != self._saved:
            with kept_if_possible(), release.locked(site.places):
                site.state.save()
            self._saved = site.state.built
            # What earlier builds left is frozen with the rest, or Python would find it.
            gc.unfreeze()
            gc.collect()
