"""The style guide: a site of samples in every state, built beside a preview alone."""

import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

from newsroom.build import Build, build, settings_of
from newsroom.fingerprint import theme_folders
from newsroom.state import Stamp, seen

# Of the preview's addresses, and of the theme.
FOLDER, SAMPLES = "style-guide", "guide"
# Where its front page goes, as the guide itself has the first place.
FRONT = "front/index.html"


class StyleGuide:
    """The guide of a site's theme, which is built anew when the theme changes."""

    def __init__(self, settings_file: str) -> None:
        """Take the theme and the icons that `settings_file` names."""
        self.settings_file = settings_file
        self._built: dict[Path, Stamp] = {}

    def refresh(self, output: Path) -> None:
        """Build the guide to `output` if it is not as the theme and settings are."""
        settings = settings_of(self.settings_file)
        now = _stamps(self.settings_file, *theme_folders(settings))
        if now != self._built:
            self.build(output, settings)
            self._built = now

    def build(self, output: Path, settings: dict[str, Any]) -> Build:
        """Build the guide to `output`."""
        return build(
            self.settings_file,
            PATH=str(_content(settings, output)),
            ARTICLE_PATHS=["articles"],
            PAGE_PATHS=["pages"],
            STATIC_PATHS=["articles", "extra"],
            OUTPUT_PATH=str(output),
            PREVIEW=True,
            SITENAME="Style guide",
            SITESUBTITLE="Every part, in every state",
            SITEURL=f"{settings['SITEURL']}/{FOLDER}",
            DEFAULT_PAGINATION=3,
            COMMENTS_URL="https://comments.example/",
            DIRECT_TEMPLATES=[*settings["DIRECT_TEMPLATES"], "style_guide"],
            INDEX_SAVE_AS=FRONT,
            STYLE_GUIDE_SAVE_AS="index.html",
        )


def _content(settings: dict[str, Any], output: Path) -> Path:
    """Return a folder, beside `output`, of the samples with the site's own icons."""
    content = output.with_name(f"{output.name}.content")
    shutil.rmtree(content, ignore_errors=True)
    shutil.copytree(Path(settings["THEME"], SAMPLES), content)
    with suppress(FileNotFoundError):  # a site need not have any
        shutil.copytree(Path(settings["PATH"], "extra"), content / "extra")
    return content


def _stamps(*places: str) -> dict[Path, Stamp]:
    """Return the stamp of each file at or below `places`."""
    return {
        path: seen(path)
        for place in map(Path, places)
        for path in (place, *place.rglob("*"))
    }
