"""The README says what is true: of commands, keys, settings, variables and paths."""

import ast
import re
import shutil
from collections.abc import Iterator
from fnmatch import fnmatch
from itertools import chain
from pathlib import Path

import pytest
from photographs import photograph

from intake.config import Config
from newsroom import comment_file
from newsroom.header import parse
from newsroom.problems import BuildFailedError
from newsroom.schema import PageHeader, StoryHeader, keys, validate

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")
HIDDEN_OR_MADE = {".*", "__pycache__", "output"}
# What a reader would make while following the README.
EXAMPLES = {
    *("content/articles/2026/harbour-fund/", "harbour.jpg", "i-was-there.md"),
    "Europe/Berlin",
}
STORY = "articles/2026/harbour-fund/article.md"


def section(heading: str) -> str:
    """Return what stands below `heading`, up to the next one of any rank."""
    lines: list[str] = []
    fence = inside = False
    for line in README.splitlines(keepends=True):
        fence ^= line.startswith("```")
        if line.startswith("#") and not fence:
            inside = line.strip("# \n") == heading
        elif inside:
            lines.append(line)
    return "".join(lines)


def rows(text: str) -> Iterator[list[str]]:
    """Yield the cells of each row whose first cell has a code span, of any table."""
    for line in re.findall(r"^\|.*`.*\|$", text, re.MULTILINE):
        yield [cell.strip() for cell in line.strip("|").split("|")]


def codes(text: str) -> list[str]:
    """Return the contents of the code spans of `text`, which are on one line each."""
    return re.findall(r"`([^`\n]+)`", text)


def fenced(language: str, text: str = README) -> list[str]:
    """Return the code blocks of `language`."""
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))


def own_settings() -> set[str]:
    """Return the names set in the part of pelicanconf.py that is the owner's."""
    text = (ROOT / "pelicanconf.py").read_text("utf-8")
    yours = text.partition("# --- Yours")[2].partition("\n# --- ")[0]
    statements = ast.parse(f"# {yours}").body
    return {node.targets[0].id for node in statements if isinstance(node, ast.Assign)}


def variables() -> set[str]:
    """Return the names of the variables in the tables of the commands."""
    tables = (section("Commands"), section("Taking comments"))
    found = {code for text in tables for row in rows(text) for code in codes(row[0])}
    return {name for name in found if re.fullmatch("[A-Z][A-Z_]+", name)}


def header_table() -> dict[str, dict[str, str]]:
    """Return each key's row of the table of header keys."""
    return {
        key.strip("`"): {"story": story, "page": page, "example": example.strip("`")}
        for key, story, page, _, example in rows(section("Writing a story"))
    }


def mistakes(keys: dict[str, str], model: type[StoryHeader | PageHeader]) -> list:
    text = "\n".join(f"{key}: {value}" for key, value in keys.items())
    return validate(parse(text), model)[1]


def top_level() -> set[str]:
    """Return the names at the top of the house that are neither hidden nor made."""
    return {
        path.name
        for path in ROOT.iterdir()
        if not any(fnmatch(path.name, pattern) for pattern in HIDDEN_OR_MADE)
    }


def mapped() -> list[str]:
    """Return the paths in the map of the folders, as its indentation puts them."""
    paths: list[str] = []
    folder = ""
    for line in fenced("", section("The folders"))[0].splitlines():
        name = line.split()[0]
        folder = folder if line.startswith(" ") else name
        paths.append(f"{folder}{name}" if line.startswith(" ") else name)
    return paths


def paths() -> set[str]:
    """Return every code span that looks like a path or a file's name."""
    like = re.compile(r"(\.?[\w<>*-]+/)[^\s`]*|[\w.-]+\.(css|html|jpg|md|py|toml|txt)")
    return {code for code in codes(README) if like.fullmatch(code)}


def test_it_names_every_make_target_and_no_other():
    """Each `make word` is a target, and the table of commands has them all."""
    named = re.findall(r"\bmake (?:[A-Z]+=\S+ )*([a-z-]+)", README)
    table = [code for row in rows(section("Commands")) for code in codes(row[0])]
    assert set(named) == targets()
    assert {code.removeprefix("make ") for code in table if " " in code} == targets()


@pytest.mark.parametrize(
    ("kind", "model"), [("story", StoryHeader), ("page", PageHeader)]
)
def test_it_names_every_header_key_and_no_other(kind, model):
    """The table of keys marks as a story's or a page's exactly those that are."""
    marked = {key for key, row in header_table().items() if row[kind] != "–"}
    assert marked == {name.title() for name in keys(model)}


@pytest.mark.parametrize(
    ("kind", "model"), [("story", StoryHeader), ("page", PageHeader)]
)
def test_the_keys_it_calls_needed_are_enough_and_all_needed(kind, model):
    """A header of them alone is right, and without any one of them it is wrong."""
    needed = {
        key: row["example"]
        for key, row in header_table().items()
        if row[kind] == "needed"
    }
    assert not mistakes(needed, model)
    for key in needed:
        rest = {name: value for name, value in needed.items() if name != key}
        assert mistakes(rest, model), f"{key} may be left out"


def test_its_examples_of_keys_are_right():
    """A header of all of them, of Author and Authors one, has no mistake."""
    examples = {key: row["example"] for key, row in header_table().items()}
    for other in ("Author", "Authors"):
        header = {key: value for key, value in examples.items() if key != other}
        assert not mistakes(header, StoryHeader)


def test_it_names_every_setting_of_the_owners_and_no_other():
    """The table of settings has exactly the names that are the owner's to set."""
    table = [code for row in rows(section("Settings")) for code in codes(row[0])]
    assert len(table) == len(set(table))
    assert set(table) == own_settings()


def test_every_name_in_capitals_is_a_setting_or_a_variable():
    """No setting or variable is named that its table does not have."""
    named = {code for code in codes(README) if re.fullmatch("[A-Z][A-Z_]+", code)}
    named |= set(re.findall(r"\b([A-Z_]{3,})=", README))
    assert named - {"LICENSE", "LC_ALL", "PYTHONPATH"} <= own_settings() | variables()


def test_every_variable_is_read_somewhere():
    """A variable of the tables is in the Makefile, publishconf.py or a plugin."""
    code = MAKEFILE + (ROOT / "publishconf.py").read_text("utf-8")
    for module in (ROOT / "plugins").rglob("*.py"):
        code += module.read_text("utf-8")
    unread = [name for name in variables() if not re.search(rf"\b{name}\b", code)]
    assert variables()
    assert unread == []


def test_it_names_every_variable_of_the_service_and_no_other():
    """What the service for comments reads is in its table, with what counts without."""
    table = {
        codes(row[0])[0]: row[2].strip("`")
        for row in rows(section("Taking comments"))
        if row[0].startswith("`COMMENTS_")
    }
    assert set(table) == set(Config.model_fields)
    for name, field in Config.model_fields.items():
        if table[name].startswith(("127", "output", ".", "2", "5")):
            assert table[name] == str(field.default)


def test_every_path_it_names_exists():
    """A path is there from the top, a bare file name anywhere; `<word>` is any."""
    named = {path for path in paths() | set(mapped()) if path not in EXAMPLES}
    assert len(named) > 20
    missing = []
    for path in named:
        made = any(fnmatch(path.split("/")[0], name) for name in HIDDEN_OR_MADE)
        pattern = re.sub("<[a-z]+>", "*", path).rstrip("/")
        # Not in hidden folders, whose files may go while they are looked through.
        below = (ROOT / name for name in top_level() if "/" not in path)
        within = (folder.glob(f"**/{pattern}") for folder in below)
        found = chain(ROOT.glob(pattern), chain.from_iterable(within))
        if not made and next(found, None) is None:
            missing.append(path)
    assert sorted(missing) == []


def test_every_picture_and_file_it_links_to_exists():
    """The targets of its links are there, unless they are on another site."""
    prose = re.sub(r"```.*?```|`.*?`", "", README, flags=re.DOTALL)
    own = [link for link in re.findall(r"\]\(([^\s#]+?)\)", prose) if "://" not in link]
    assert own
    assert [link for link in own if not (ROOT / link).is_file()] == []


def test_the_map_has_every_folder_and_file_at_the_top():
    """What the map names at the top is what is there, the README aside."""
    top = {path.rstrip("/") for path in mapped() if "/" not in path.rstrip("/")}
    assert top | {"README.md"} == top_level()


@pytest.fixture
def example(content, monkeypatch) -> Path:
    """Write the README's story, on a day after its date; return its file."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795305600")
    monkeypatch.chdir(content.parent)
    shutil.copytree(ROOT / "content/extra", content / "extra", dirs_exist_ok=True)
    article = content / STORY
    article.parent.mkdir(parents=True)
    article.write_text(fenced("markdown")[0], "utf-8")
    (article.parent / "harbour.jpg").write_bytes(photograph("JPEG"))
    return article


def test_its_story_builds(example, build_content):
    """The story it shows is built, with its section, picture, quotation and table."""
    assert example.is_file()
    page = build_content() / "2026/harbour-fund/index.html"
    html = page.read_text("utf-8")
    for part in ("harbour.jpg", "<blockquote>", "<figcaption>— A.", "<table>", "fn:1"):
        assert part in html
    assert (page.parents[2] / "category/economy/index.html").is_file()


def test_its_comment_can_be_read():
    """The file of a comment that it shows has no mistake."""
    comment, mistakes = comment_file.parse(fenced("", section("Comments"))[0])
    assert (comment.author, comment.parent, mistakes) == (
        *("Ann Reader", "first-words"),
        [],
    )


def test_its_mistakes_give_the_output_it_shows(example, build_content):
    """The two mistakes it tells one to make are reported as it says, line by line."""
    text = example.read_text("utf-8")
    text = text.replace("Summary:", "Sumary:").replace("analysis", "analisys", 1)
    example.write_text(text, "utf-8")
    shown = fenced("", section("When there is a mistake"))[0].splitlines()
    with pytest.raises(BuildFailedError) as failed:
        build_content()
    assert [str(problem) for problem in failed.value.problems] == shown[:-1]
    assert shown[-1].startswith(f"{len(shown) - 1} problems: nothing was built")


def test_its_draft_is_where_it_says(example, build_content):
    """A preview has the story as a draft at the address that the README gives."""
    example.write_text(f"Status: draft\n{example.read_text('utf-8')}", "utf-8")
    (address,) = (code for code in codes(README) if code.startswith("/drafts/h"))
    output = build_content(PREVIEW=True)
    assert (output / address.strip("/") / "index.html").is_file()
