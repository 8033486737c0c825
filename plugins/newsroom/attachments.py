"""Where pictures and documents go: a story's beside it, those of extra/ to the root."""

from pathlib import Path, PurePosixPath

from pelican.contents import Content, Static
from pelican.generators import StaticGenerator
from pelican.plugins import signals

from newsroom.problems import report


def _place(generator: StaticGenerator) -> None:
    """Place every file; those of a story that is held back stay behind with it."""
    context = generator.context
    stories = {
        PurePosixPath(path).parent: story
        for path, story in context["generated_content"].items()
        if story
    }
    shown = {*context["articles"], *context["drafts"]}
    generator.staticfiles[:] = [
        file for file in generator.staticfiles if _placed(file, stories, shown)
    ]


def _placed(
    file: Static, stories: dict[PurePosixPath, Content], shown: set[Content]
) -> bool:
    """Give `file` its place; False where it has none."""
    path = PurePosixPath(file.get_relative_source_path())
    if path.parts[0] == "extra":
        file.override_save_as = file.override_url = str(path.relative_to("extra"))
        return True
    story = next(
        (stories[folder] for folder in path.parents if folder in stories), None
    )
    if story is None:
        place = Path(file.settings["PATH"], path)
        report(place, 0, "lies in no story's folder; move it into one, or to extra/")
    elif story in shown:
        file.attach_to(story)
    return story in shown


def register() -> None:
    """Place them once every file of the site is known."""
    signals.static_generator_finalized.connect(_place)
