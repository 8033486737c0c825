"""The commands about evidence, as make runs them: sign, evidence, schema."""

import json
import os
import shutil
import subprocess
import sys

import pytest
from conftest import ROOT, TESTS

from newsroom.ledger import Ledger

STORY = "content/articles/2026/first"
LEDGER = """\
# Ours.
[check]
by = "A Checker"
on = 2026-01-02
review_by = 2999-01-02
scope = "All."

[sources.log] # primary
publisher = "The Log"
title = "Log"
url = "https://log.example/"
accessed = 2026-01-02
kind = "primary"
origin = "Log"

[[claims]]
id = "first"
claim = "It is the first."
verdict = "corroborated"
note = "So the log says."
evidence = [{source = "log", stance = "supports", says = "The first."}]
"""


@pytest.fixture
def site(tmp_path):
    """Return a site of one story with a ledger that lacks a signature alone."""
    shutil.copytree(TESTS / "minimal", tmp_path / "content")
    shutil.copytree(ROOT / "content/extra", tmp_path / "content/extra", **MERGED)
    for name in ("pelicanconf.py", "publishconf.py"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("theme", "plugins"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=CACHES)
    article = tmp_path / STORY / "article.md"
    text = article.read_text("utf-8")
    article.write_text(text.replace("first par", "[first](claim:first) par"), "utf-8")
    (tmp_path / STORY / "ledger.toml").write_text(LEDGER, "utf-8")
    return tmp_path


MERGED = {"dirs_exist_ok": True}
CACHES = shutil.ignore_patterns("__pycache__")


def run(site, *command, **environment):
    """Run a command; return its exit code, what it said, and what it complained of."""
    done = subprocess.run(
        [sys.executable, "-m", "newsroom", *command],
        cwd=site,
        env=os.environ | {"PYTHONPATH": "plugins"} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_a_signature_earns_the_badge_and_a_word_takes_it(site):
    """From the desk to the page: sign, build, change a word, build, sign again."""
    article, page = site / STORY / "article.md", "output/2026/a-first-story/index.html"

    def shown():
        assert run(site, "html")[0] == 0
        data = json.loads((site / page).with_name("ledger.json").read_text("utf-8"))
        return data["badge"]["state"]

    assert shown() == "being checked"
    code, out, err = run(site, "sign", "first")
    assert (code, err) == (0, "")
    assert out.splitlines()[:2] == [
        "It was never signed before; this is the whole text:",
        "A first story",
    ]
    assert shown() == "fact checked"
    article.write_text(article.read_text("utf-8").replace(" par", " long par"), "utf-8")
    assert shown() == "changed since the check"
    for _ in range(2):  # also when there is nothing to do
        told = run(site, "html")[1].splitlines()
        sentence = "read it again, then make sign STORY=first"
        assert f"first: changed since the check; {sentence}" in told
    assert run(site, "sign", "first")[0] == 0
    assert shown() == "fact checked"
    assert shown() == "fact checked"


FALLEN = {
    "a note taken out": (
        'note = "So the log says."\n',
        "",
        "first: being checked; it is signed, and yet "
        'the claim "first" has no note that says why: make evidence',
    ),
    "no primary source": (
        '"primary"',
        '"press"',
        'first: being checked; it is signed, and yet the claim "first" is called '
        "corroborated, but has neither support of two origins nor of a primary "
        "source: make evidence",
    ),
    "checked by its author, and more": (
        'by = "A Checker"\non = 2026-01-02',
        'by = "A Reporter"',
        "first: being checked; it is signed, and yet its checker, A Reporter, is "
        "its author (and 1 more): make evidence",
    ),
}


@pytest.mark.parametrize(("old", "new", "told"), FALLEN.values(), ids=FALLEN)
def test_each_build_says_which_badge_fell(site, old, new, told):
    """Whatever proof was taken away from what was signed; of no other, nothing."""
    ledger = site / STORY / "ledger.toml"
    article = site / STORY / "article.md"
    assert "first: " not in run(site, "html")[1]  # never signed
    run(site, "sign", "first")
    assert "first: " not in run(site, "html")[1]
    text = ledger.read_text("utf-8")
    assert old in text
    ledger.write_text(text.replace(old, new), "utf-8")
    for _ in range(2):  # also when there is nothing to do
        assert told in run(site, "html")[1].splitlines()
    opinion = f"Kind: opinion\n{article.read_text('utf-8')}"
    article.write_text(opinion, "utf-8")
    told = "first: no badge; it is signed, but an opinion has none"
    assert told in run(site, "html")[1].splitlines()
    ledger.write_text(f'{text}[withdrawn]\non = 2026-01-02\nwhy = "Wrong."', "utf-8")
    article.write_text(opinion.replace("opinion", "news"), "utf-8")
    assert "first: " not in run(site, "html")[1]  # which is no fall


def test_signing_writes_a_line_and_nothing_else(site):
    """The ledger is a person's file: its comments and its order are theirs."""
    run(site, "sign", "first")
    written = (site / STORY / "ledger.toml").read_text("utf-8").splitlines()
    [line] = set(written) - set(LEDGER.splitlines())
    written.remove(line)
    assert line.startswith('text = "sha256:')
    assert written == LEDGER.splitlines()


@pytest.mark.parametrize(
    "name",
    ["first", "a-first-story", STORY, f"{STORY}/", f"./{STORY}", f"{STORY}/article.md"],
)
def test_a_story_is_named_as_one_comes_across_it(site, name):
    """By its folder's name, by its slug, by its folder, by its file."""
    code, out, _ = run(site, "sign", name)
    assert code == 0
    assert "Signed " in out


def test_signing_says_how_the_story_stands(site):
    """Who signs learns what the badge lacks still; no other story's is told."""
    shutil.copytree(site / STORY, site / "content/articles/2026/other")
    assert run(site, "sign", "first")[1].splitlines()[-1] == (
        "first: fact checked, 1 claim"
    )
    ledger = site / STORY / "ledger.toml"
    text = ledger.read_text("utf-8")
    ledger.write_text(text.replace('by = "A Checker"\n', ""), "utf-8")
    code, out, err = run(site, "sign", "first")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        f"{STORY}/article.md is signed as it is.",
        "first: being checked, 1 claim",
        "    nobody has checked it",
    ]
    ledger.write_text(text.replace('"supports"', '"suports"'), "utf-8")
    code, out, err = run(site, "sign", "first")
    assert code == 0
    assert out.splitlines()[-1] == "first: no badge"
    assert err.startswith(f"{STORY}/ledger.toml:")


def test_a_story_is_named_by_the_slug_that_its_header_has(site):
    """It takes the place of the one that is made of the title."""
    article = site / STORY / "article.md"
    article.write_text(f"Slug: its-slug\n{article.read_text('utf-8')}", "utf-8")
    assert run(site, "sign", "a-first-story")[0] == 1
    assert run(site, "sign", "its-slug")[0] == 0


@pytest.mark.parametrize("name", ["", "frist", "content", "article.md"])
def test_a_story_that_is_none_is_answered_with_those_there_are(site, name):
    """The exit code is 1, and nothing is written."""
    code, out, err = run(site, "sign", name)
    assert (code, out) == (1, "")
    assert err == f'no story is called "{name}". There are: first\n'
    assert (site / STORY / "ledger.toml").read_text("utf-8") == LEDGER


def test_one_name_of_two_stories_is_neither(site):
    """Who names a story names one; its folder's path always does."""
    shutil.copytree(site / STORY, site / "content/articles/2025/first")
    code, _, err = run(site, "sign", "first")
    assert (code, err.partition(".")[0]) == (1, 'more than one story is called "first"')
    assert run(site, "sign", STORY)[0] == 0
    assert STORY in err


def test_a_name_that_is_one_storys_folder_and_anothers_slug_is_neither(site):
    """Who names one is not to sign the other unawares; both are named."""
    other = shutil.copytree(site / STORY, site / "content/articles/2026/other")
    text = (other / "article.md").read_text("utf-8")
    (other / "article.md").write_text(f"Slug: first\n{text}", "utf-8")
    code, out, err = run(site, "sign", "first")
    assert (code, out) == (1, "")
    assert err == (
        'more than one story is called "first". There are: '
        f"{STORY}, content/articles/2026/other\n"
    )
    for folder in (site / STORY, other):
        assert (folder / "ledger.toml").read_text("utf-8") == LEDGER
    assert run(site, "sign", "a-first-story")[0] == 0
    assert (other / "ledger.toml").read_text("utf-8") == LEDGER


def test_a_story_without_evidence_is_not_signed(site):
    """What to do is said in a line."""
    (site / STORY / "ledger.toml").unlink()
    code, out, err = run(site, "sign", "first")
    assert (code, out) == (1, "")
    assert err.endswith("ledger.toml is missing: there is no evidence to sign for.\n")
    assert err.count("\n") == 1


def test_evidence_prints_how_stories_stand(site):
    """What the badge lacks is said; nothing is written."""
    before = {path: path.read_bytes() for path in site.rglob("*.[mt]*")}
    assert run(site, "evidence") == (
        0,
        "first: being checked, 1 claim\n    the text is not signed\n",
        "",
    )
    assert {path: path.read_bytes() for path in before} == before


def test_evidence_knows_the_builds_date(site):
    """SOURCE_DATE_EPOCH is the present for checks too: this one is of the future."""
    code, out, err = run(site, "evidence", SOURCE_DATE_EPOCH="1767225600")
    assert code == 1
    assert "the check is dated 2026-01-02, which is still to come" in out
    assert f"{STORY}/ledger.toml:4: on = 2026-01-02 is still to come" in err


def test_evidence_names_mistakes_and_fails(site):
    """Mistakes are for stderr, one a line; the stories are shown all the same."""
    ledger = LEDGER.replace('"corroborated"', '"corroboratd"').replace(
        'by = "A', 'bi="'
    )
    (site / STORY / "ledger.toml").write_text(ledger, "utf-8")
    code, out, err = run(site, "evidence")
    assert (code, out) == (1, "first: no badge\n")
    assert [line.partition(" ")[0] for line in err.splitlines()] == [
        f"{STORY}/ledger.toml:3:",
        f"{STORY}/ledger.toml:19:",
    ]


def test_schema_writes_the_schema(site):
    """It is the models', and written where editors are told to look."""
    path = site / "plugins/newsroom/ledger.schema.json"
    path.write_text("old")
    assert run(site, "schema") == (
        0,
        "Wrote plugins/newsroom/ledger.schema.json\n",
        "",
    )
    assert json.loads(path.read_text("utf-8")) == Ledger.model_json_schema()


def test_the_schema_that_editors_find_is_todays():
    """Whoever changes the models runs `make schema`."""
    path = ROOT / "plugins/newsroom/ledger.schema.json"
    assert json.loads(path.read_text("utf-8")) == Ledger.model_json_schema()


@pytest.mark.parametrize("command", [("sign", "first"), ("evidence",), ("sources",)])
def test_a_fault_in_the_settings_is_one_line(site, command):
    """Who set up the site is told which line is wrong, whatever is asked for."""
    with (site / "pelicanconf.py").open("a") as settings:
        settings.write("\nSITENAME = (\n")
    code, _, err = run(site, *command)
    assert code == 1
    assert "pelicanconf.py:" in err
    assert "Traceback" not in err
