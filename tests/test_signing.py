"""`make sign`: shows what changed since the last signature, and writes the new one."""

import os
import re
import shutil
import subprocess
import tomllib

import pytest

from newsroom.signature import of_article
from newsroom.signing import SigningError, sign

ARTICLE = """\
Title: The boats
Date: 2026-01-02
Category: World
Author: A Reporter
Summary: What happened.

The first boat was late.

The second boat was [early](claim:early).

The third never came.
"""
# As untidy as a person's: nothing of it is ours to tidy.
LEDGER = """\
# The evidence.   Ask Zoë before you change it.

[sources.b]   # indented, and out of order
  publisher = 'The "Gazette"'
  title="Late"
\ttags = [ 1,2 , 3,]

[check]
by  =  "A Checker" # on leave till May
on = 2026-11-22
text = "sha256:0" # by make sign
scope = \"\"\"
All of it, “every” word.
  # no comment
\"\"\"


[[claims]]
id = "early"

[[claims.evidence]]
source = "b"

[[claims]]
id = "late\\u00eb"
  [[claims.evidence]]
  source = "a"

[sources.a]
inline = {x=1, "y z" = 2}
# The last line, with no end."""
UNSIGNED = LEDGER.replace('text = "sha256:0" # by make sign\n', "")
BETWEEN = """\
[sources.c] # a claim's sources, where the claim is
x = 1

[[claims]]
id = "late"""
SIGNATURE = re.compile(r"sha256:[0-9a-f]+")
ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@b.example",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@b.example",
}


@pytest.fixture
def article(tmp_path):
    """Return a story's file, with a ledger beside it, in no repository."""
    folder = tmp_path / "content/the boats"
    folder.mkdir(parents=True)
    (folder / "ledger.toml").write_bytes(LEDGER.encode())
    (folder / "article.md").write_bytes(ARTICLE.encode())
    return folder / "article.md"


@pytest.fixture
def git(tmp_path, monkeypatch):
    """Return git, to be run in a repository around the story."""
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)

    def run(*arguments):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True)

    run("init", "-q")
    return run


@pytest.fixture
def commit(git):
    """Return a function that commits all that is there."""

    def run():
        git("add", "--all")
        git("commit", "-q", "-m", "So it is.")

    return run


def ledger_of(article):
    """Return the bytes of the ledger beside an article."""
    return article.with_name("ledger.toml").read_bytes()


def change(article, old, new):
    """Write `new` for the one `old` in an article."""
    text = article.read_text("utf-8")
    assert text.count(old) == 1
    article.write_text(text.replace(old, new), "utf-8")


def signed(article):
    """Return the signature that the article's text has."""
    return of_article(article.read_text("utf-8"))[0]


def test_a_text_that_was_never_signed_is_shown_whole(article):
    """Who signs first has all of it to read: headline, standfirst, paragraphs."""
    article.with_name("ledger.toml").write_text(UNSIGNED, "utf-8")
    assert [*sign(article)] == [
        "It was never signed before; this is the whole text:",
        "The boats",
        "What happened.",
        "The first boat was late.",
        "The second boat was [early](claim:early).",
        "The third never came.",
        f"Signed {article}: {signed(article)}",
    ]
    check = tomllib.loads(ledger_of(article).decode())["check"]
    assert check["text"] == signed(article)


def test_the_paragraph_that_changed_is_shown_and_no_other(article, commit):
    """The difference is to the text signed last, found in git by its signature."""
    [*sign(article)]
    commit()
    change(article, "second boat was", "second boat was very")
    first, second, *lines, last = sign(article)
    assert (first, second) == ("--- signed before", "+++ now")
    assert [line for line in lines if not line.startswith("@@")] == [
        "-The second boat was [early](claim:early).",
        "+The second boat was very [early](claim:early).",
    ]
    assert last == f"Signed {article}: {signed(article)}"


def test_a_line_of_a_table_that_changed_is_shown_and_no_other(article, commit):
    """What is signed line by line is shown so too."""
    change(article, "The third", "boat | day\n---- | ---\nfirst | 1\n\nThe third")
    [*sign(article)]
    commit()
    change(article, "first | 1", "first | 2")
    lines = [line for line in sign(article) if line[0] in "+-"]
    assert lines[2:] == ["-first | 1", "+first | 2"]


@pytest.mark.parametrize("name", ["map.toml", "timeline.toml"])
def test_a_line_of_a_file_beside_it_that_changed_is_shown(article, commit, name):
    """As the map's, which readers see with the text; git has what it was, too."""
    path = article.with_name(name)
    path.write_text('title = "Boats"\n# North is up.\n')
    [*sign(article)]
    commit()
    path.write_text('title = "Ships"\n# North is up.\n')
    lines = [line for line in sign(article) if line[0] in "+-"]
    assert lines[2:] == ['-title = "Boats"', '+title = "Ships"']
    assert [*sign(article)] == [f"{article} is signed as it is."]


def test_the_difference_is_to_what_was_signed_not_to_what_was_saved(article, commit):
    """Commits since the last signature are not the text that was checked."""
    [*sign(article)]
    commit()
    for old, new in (("late.", "on time."), ("boats\n", "ships\n"), ("came", "went")):
        change(article, old, new)
        commit()
    change(article, "went", "left")
    lines = [line for line in sign(article) if line[0] in "+-"]
    assert lines[2:] == [
        "-The boats",
        "+The ships",
        "-The first boat was late.",
        "+The first boat was on time.",
        "-The third never came.",
        "+The third never left.",
    ]


def test_paragraphs_are_wrapped_without_a_new_signature(article, commit):
    """What readers see has not changed, and nothing is written."""
    [*sign(article)]
    commit()
    before = ledger_of(article)
    change(article, "boat was late", "boat\nwas late")
    assert [*sign(article)] == [f"{article} is signed as it is."]
    assert ledger_of(article) == before


WRITTEN = {
    "as it is": LEDGER,
    "with an end": f"{LEDGER}\n",
    "single quotes": LEDGER.replace('"sha256:0"', "'sha256:0'"),
    # The rest fail. What stands between tables of one array is put behind them.
    "sources between claims": LEDGER.replace('[[claims]]\nid = "late', BETWEEN),
    # The file is read as text, and written with this system's line ends and no mark.
    "Windows lines": LEDGER.replace("\n", "\r\n"),
    "a byte order mark": f"\ufeff{LEDGER}",
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
def test_only_the_signature_is_written(article, text):
    """The rest of the ledger stays byte for byte: comments, order, spaces, ends."""
    article.with_name("ledger.toml").write_bytes(text.encode())
    [*sign(article)]
    assert SIGNATURE.sub("sha256:0", ledger_of(article).decode()) == (
        text.replace("'sha256:0'", '"sha256:0"')
    )
    assert signed(article).encode() in ledger_of(article)


def test_a_ledger_is_written_in_one_step(article):
    """Whoever reads it meanwhile has all of the old one; who may read it stays."""
    path = article.with_name("ledger.toml")
    path.chmod(0o640)
    with path.open("rb") as before:
        [*sign(article)]
        assert before.read() == LEDGER.encode()
    assert path.stat().st_mode & 0o777 == 0o640
    assert {*path.parent.iterdir()} == {article, path}


def test_a_first_signature_is_one_line_more(article):
    """It is put into [check], and no other line moves."""
    article.with_name("ledger.toml").write_bytes(UNSIGNED.encode())
    [*sign(article)]
    lines = ledger_of(article).decode().split("\n")
    lines.remove(f'text = "{signed(article)}"')
    assert "\n".join(lines) == UNSIGNED


@pytest.mark.parametrize(
    "words",
    [
        'conflicts = """\n  text = "none"\n"""\n',
        "conflicts = '''\ntext = \"none\"\n'''\n",
        '# Write """ around what has several lines.\n',
        "conflicts = 'None' # neither ''' nor the like\n",
    ],
)
def test_a_signature_is_written_where_it_is(article, words):
    """What looks like it in words of several lines, or in a comment, is not it."""
    text = LEDGER.replace("on = 2026", f"{words}on = 2026")
    article.with_name("ledger.toml").write_bytes(text.encode())
    [*sign(article)]
    assert tomllib.loads(ledger_of(article).decode()) == tomllib.loads(
        text.replace("sha256:0", signed(article))
    )


def test_a_ledger_that_is_not_utf_8_is_left_as_it_is(article):
    """What a person wrote is not to be lost to a signature."""
    data = LEDGER.encode("latin-1", "replace")
    article.with_name("ledger.toml").write_bytes(data)
    with pytest.raises(SigningError, match="UTF-8"):
        [*sign(article)]
    assert ledger_of(article) == data


HISTORIES = {
    "no repository": lambda *_: None,
    "a repository without this file": lambda git, *_: git(
        "commit", "-q", "--allow-empty", "-m", "Empty."
    ),
    "another text": lambda _git, commit, _article: commit(),
}


@pytest.mark.parametrize("history", HISTORIES)
def test_a_text_that_git_does_not_know_is_said_to_be_unknown(article, history, request):
    """Without the signed text there is no difference to show, and all is shown."""
    if history != "no repository":
        git, commit = map(request.getfixturevalue, ("git", "commit"))
        HISTORIES[history](git, commit, article)
    first, *lines, last = sign(article)
    assert first == (
        "The text signed before is not in git's history; this is the whole text:"
    )
    assert lines == of_article(ARTICLE)[1]
    assert last.startswith("Signed ")


def test_a_machine_without_git_signs_all_the_same(article, monkeypatch, tmp_path):
    """Git shows more; signing does not need it."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shutil.which("git") is None
    first, *_ = sign(article)
    assert "not in git's history" in first
    assert signed(article).encode() in ledger_of(article)


def test_a_story_that_was_moved_keeps_its_history(article, commit, git):
    """A folder gets a better name; what was signed in it is still known."""
    [*sign(article)]
    commit()
    git("mv", "content/the boats", "content/boats")
    commit()
    moved = article.parent.with_name("boats") / "article.md"
    change(moved, "late", "early")
    first, *_ = sign(moved)
    assert first == "--- signed before"


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8-sig"])
def test_an_old_version_in_another_encoding_is_in_nobodys_way(
    article, commit, encoding
):
    """History cannot be mended, so it is read whatever its bytes are."""
    text = article.read_text("utf-8")
    article.write_bytes(text.replace("late", "spät").encode(encoding))
    commit()
    article.write_text(text, "utf-8")
    [*sign(article)]
    commit()
    change(article, "late", "early")
    first, *_ = sign(article)
    assert first == "--- signed before"


REFUSED = {
    "no ledger": (None, "ledger.toml is missing: there is no evidence to sign for."),
    "no check": ("[sources]\n", "ledger.toml has no [check]: "),
    "an empty ledger": ("", "ledger.toml has no [check]: "),
    "no TOML": ("[check\n", "ledger.toml is not TOML: "),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_signed_is_said_and_left(article, text, message):
    """The message says why and what to do; nothing is written."""
    ledger = article.with_name("ledger.toml")
    ledger.unlink()
    if text is not None:
        ledger.write_text(text)
    with pytest.raises(SigningError) as error:
        [*sign(article)]
    assert message in str(error.value)
    assert str(ledger) in str(error.value)
    assert (ledger.read_text() if ledger.exists() else None) == text


@pytest.mark.parametrize("check", ['check = {by = "A"}\n', 'check.by = "A"\n'])
def test_a_check_may_be_written_in_any_way_that_toml_has(article, check):
    """It is signed, or else it is not said that there is none."""
    article.with_name("ledger.toml").write_text(check)
    told = ""
    try:
        [*sign(article)]
    except SigningError as error:
        told = str(error)
    written = tomllib.loads(ledger_of(article).decode())["check"]
    assert written == {"by": "A", "text": signed(article)} or told
    assert "has no [check]" not in told


def test_an_article_with_a_mistake_in_its_header_is_not_signed(article):
    """What no build would show is no text to sign."""
    before = ledger_of(article)
    change(article, "Title: The boats\n", "")
    with pytest.raises(SigningError):
        [*sign(article)]
    assert ledger_of(article) == before
