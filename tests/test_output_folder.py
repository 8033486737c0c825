"""What a build may replace, and how much of it a publish may take away."""

from pathlib import Path

import pytest
from conftest import ROOT

from newsroom.build import build
from newsroom.output_folder import hindrance, loss
from newsroom.problems import BuildFailedError


@pytest.fixture
def settings(tmp_path):
    """Return the settings of a site below tmp_path that the guard looks at."""
    (tmp_path / "content").mkdir()
    return {
        "PATH": str(tmp_path / "content"),
        "THEME": str(ROOT / "theme"),
        "THEME_TEMPLATES_OVERRIDES": [str(tmp_path / "templates")],
    }


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("content", "would replace content/"),
        ("content/output", "would replace content/"),
        (".", "would replace content/"),
        (".git", "would replace the repository"),
        (str(ROOT / "theme/output"), "would replace the theme"),
        ("templates", "would replace the theme"),
        (str(ROOT), "would replace the theme"),
        (str(ROOT / "plugins"), "would replace plugins/"),
        (str(Path.home()), "no place for a site"),
        ("/", "no place for a site"),
    ],
)
def test_no_build_replaces_what_a_site_is_made_of(settings, tmp_path, place, words):
    """Neither the sources, nor what is around them, nor a home."""
    assert words in hindrance((tmp_path / place).resolve(), settings)


def test_only_an_output_of_our_making_is_replaced(settings, tmp_path):
    """A new folder and an empty one are, and any that an older build made."""
    output = tmp_path / "output"
    assert not hindrance(output, settings)
    output.mkdir()
    assert not hindrance(output, settings)
    (output / "index.html").write_text("somebody's")
    assert hindrance(output, settings).startswith("was not made by Standfirst")
    (output / "trust.json").write_text("{}")
    assert not hindrance(output, settings)
    (output / ".git").mkdir()
    assert hindrance(output, settings).startswith("holds a repository")


@pytest.mark.parametrize(("now", "refused"), [(20, False), (18, False), (17, True)])
def test_a_publish_asks_before_a_tenth_of_the_pages_goes(
    tmp_path, monkeypatch, now, refused
):
    """SHRINK=yes is the answer."""
    for folder, count in (("staging", now), ("output", 20)):
        (tmp_path / folder).mkdir()
        for number in range(count):
            (tmp_path / folder / f"{number}.html").write_text("")
    assert bool(loss(tmp_path / "staging", tmp_path / "output")) == refused
    monkeypatch.setenv("SHRINK", "yes")
    assert not loss(tmp_path / "staging", tmp_path / "output")


def test_nothing_is_not_published(tmp_path):
    """A folder without a text takes the place of no site."""
    (tmp_path / "content" / "articles").mkdir(parents=True)
    with pytest.raises(BuildFailedError, match="there is nothing to publish"):
        build(
            str(ROOT / "publishconf.py"),
            PATH=str(tmp_path / "content"),
            OUTPUT_PATH=str(tmp_path / "output"),
        )
    assert not (tmp_path / "output").exists()
