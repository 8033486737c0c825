"""The recipes: what a user copies calls what there is."""

import re
import tomllib

import pytest
from conftest import ROOT

RECIPES = sorted((ROOT / "recipes").iterdir())
MAKEFILE = (ROOT / "Makefile").read_text("utf-8")


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_a_recipe_says_where_to_and_calls_what_there_is(recipe):
    """It begins with where to copy it; its targets and files are the house's."""
    text = recipe.read_text("utf-8")
    assert re.search(r"^# .*\bCopy\b", text.split("\n\n")[0], re.MULTILINE)
    assert "\t" not in text
    for target in re.findall(r"\bmake (\w+)", text):
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), target
    if recipe.name != "nginx.conf":
        assert "make publish" in text
        assert "output" in text or "make deploy" in text


@pytest.mark.parametrize(
    "name", ["cloudflare-pages.yml", "github-pages.yml", "netlify.toml", "store.yml"]
)
def test_a_host_that_compresses_is_given_no_twins(name):
    """They would be most of what a pipeline does, and nobody would be sent them."""
    text = (ROOT / "recipes" / name).read_text("utf-8")
    assert re.search(r'\bTWINS(=no\b|: "no")', text)


@pytest.mark.parametrize("recipe", [path for path in RECIPES if path.suffix == ".yml"])
def test_a_pipeline_goes_on_from_what_the_last_run_made(recipe):
    """It keeps what builds remember, and what they left."""
    text = recipe.read_text("utf-8")
    kept = re.search(r"paths?: (?:\|\n +(\S+)\n +(\S+)\n|\[(\S+), (\S+)\]\n)", text)
    assert kept
    assert {".cache", "output"} <= {*kept.groups()}


def test_the_recipe_for_netlify_is_toml():
    """It publishes the folder that make builds."""
    recipe = tomllib.loads((ROOT / "recipes/netlify.toml").read_text("utf-8"))
    assert recipe["build"]["publish"] == "output"


@pytest.mark.parametrize("recipe", [path for path in RECIPES if path.suffix == ".yml"])
def test_a_recipe_of_a_pipeline_is_well_formed(recipe):
    """Its lines are indented by two, its keys stand once each at the top."""
    text = recipe.read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert all((len(line) - len(line.lstrip())) % 2 == 0 for line in lines)
    top = [line.partition(":")[0] for line in lines if not line.startswith(" ")]
    assert len(top) == len(set(top))
    assert text.count("${{") == text.count("}}")
