"""Files that the build makes and publishes beside a story, as if they lay there."""

from pathlib import Path, PurePosixPath

from pelican.contents import Article, Static
from pelican.generators import StaticGenerator
from pelican.utils import path_to_url


def made(
    story: Article, name: str, path: Path, of: Path | str, generator: StaticGenerator
) -> Static:
    """Return the file at `path` as `name` beside the page of `story`.

    `of` is the author's file that it is made of, which a mistake is told of.
    """
    file = Static("", {"title": ""}, generator.settings, str(path), generator.context)
    file.copy_of = str(of)
    place = str(PurePosixPath(story.save_as).with_name(name))
    file.override_save_as, file.override_url = place, path_to_url(place)
    return file
