"""The sites that tests look at: the owner's, the fixture's, and ones of their own."""

import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from newsroom.build import build, settings_of
from newsroom.style_guide import StyleGuide

TESTS = Path(__file__).parent
ROOT = TESTS.parent
SETTINGS = str(ROOT / "pelicanconf.py")

# A shell has what it runs in the background ignore Ctrl-C; what tests begin must not.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _settings_are_the_sites_own(monkeypatch):
    """No variable of the developer's shell changes what a test builds."""
    for name in ("SITEURL", "SOURCE_DATE_EPOCH", "DEBUG", "SHRINK"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="session")
def owners_site(tmp_path_factory) -> Path:
    """Build the site in this repository as `make html` does; return its output."""
    output = tmp_path_factory.mktemp("owners") / "output"
    build(SETTINGS, OUTPUT_PATH=str(output))
    return output


@pytest.fixture(scope="session")
def fixture_site(tmp_path_factory) -> Path:
    """Build tests/site, which touches every template; return its output."""
    output = tmp_path_factory.mktemp("fixture") / "output"
    build(
        SETTINGS,
        PATH=str(TESTS / "site"),
        OUTPUT_PATH=str(output),
        SITENAME="The Fixture",
        SEARCH=True,
        DEFAULT_PAGINATION=5,
        COMMENTS_URL="https://comments.fixture.example/",
    )
    return output


@pytest.fixture
def site(tmp_path):
    """Return a site of one story, with the settings and the theme of this one."""
    shutil.copytree(TESTS / "minimal", tmp_path / "content")
    for name in ("pelicanconf.py", "publishconf.py"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("theme", "plugins"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


@pytest.fixture(scope="session")
def guide_site(tmp_path_factory) -> Path:
    """Build the style guide, as `make serve` shows it; return its output."""
    output = tmp_path_factory.mktemp("guide") / "output"
    guide = StyleGuide(SETTINGS)
    guide.build(output, settings_of(SETTINGS))
    return output


@pytest.fixture
def content(tmp_path) -> Path:
    """Return a copy of tests/minimal, a site of one story, to be changed at will."""
    return Path(shutil.copytree(TESTS / "minimal", tmp_path / "content"))


@pytest.fixture
def build_content(content, tmp_path) -> Callable[..., Path]:
    """Return a function that builds `content` with settings given, to its output."""

    def run(**settings: object) -> Path:
        output = tmp_path / "output"
        build(SETTINGS, PATH=str(content), OUTPUT_PATH=str(output), **settings)
        return output

    return run
