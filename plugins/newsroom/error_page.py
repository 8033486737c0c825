"""The page that `make serve` shows while a site cannot be built: all its mistakes."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from newsroom.problems import Problem
from newsroom.styles import style_sheet

HERE = Path(__file__).parent
# Letters of a line that are shown of it.
LONGEST = 300


@dataclass(frozen=True)
class Mistake:
    """A problem, and the line of its file as it stands there."""

    problem: Problem
    excerpt: str

    @property
    def place(self) -> str:
        """The file's name and the line, below the heading that has the whole path."""
        line = self.problem.line
        return f"{Path(self.problem.path).name}:{line}" if line else ""


def render(problems: Iterable[Problem]) -> bytes:
    """Return the page of `problems`, which stands on no file of the theme.

    So it can tell what is wrong with the theme as well.
    """
    templates = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    ordered = sorted(set(problems))
    files = [
        (path, [Mistake(problem, _excerpt(problem)) for problem in found])
        for path, found in groupby(ordered, key=lambda problem: problem.path)
    ]
    page = templates.get_template("error_page.html").render(
        count=len(ordered), files=files, style=style_sheet(HERE, ("error_page",))
    )
    return page.encode("utf-8", "backslashreplace")


def _excerpt(problem: Problem) -> str:
    """Return the line that a problem is in, or nothing where it cannot be had."""
    path = Path(problem.path)
    if not problem.line or not path.is_file():
        return ""
    lines = path.read_bytes().decode("utf-8", "replace").splitlines()
    return "".join(lines[problem.line - 1 : problem.line])[:LONGEST].strip()
