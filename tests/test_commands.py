"""The commands behind make: what they print where, and how they end."""

import re
import shutil
import signal
import time
from pathlib import Path

import pytest
from conftest import ROOT
from tools import run, start

BUILT = (
    r"Built 2 stories and pages in output/\n"
    r"Read 2 texts: 2 published, 0 in draft, 0 scheduled, 0 refused\n"
    r"Heaviest story: \d\.\d of 13\.5 KB gzip, 2026/a-first-story/index\.html\n"
)


def test_html_builds_and_says_what_the_address_stands_on(site):
    """A site is built, and its owner is told while it has no address of its own."""
    code, out, err = run(site, "html")
    *built, placeholder = out.splitlines(keepends=True)
    assert (code, err) == (0, "")
    assert re.fullmatch(BUILT, "".join(built))
    assert "set SITEURL (now https://standfirst.example)" in placeholder
    assert (site / "output/index.html").exists()


def test_a_story_to_come_is_named_with_its_day(site):
    """So whoever mistook the year sees why the story is not there."""
    (story,) = (site / "content").rglob("article.md")
    text = re.sub("(?m)^Date: .*$", "Date: 2998-01-03", story.read_text("utf-8"))
    story.write_text(text, "utf-8")
    code, out, _ = run(site, "html")
    assert code == 0
    assert "Read 2 texts: 1 published, 0 in draft, 1 scheduled, 0 refused\n" in out
    place = story.relative_to(site)
    assert f"To be published at 2998-01-03 00:00 UTC: {place}\n" in out
    assert run(site, "html")[1] == out


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_nobody_has_to_read_what_a_build_says(site, unbuffered):
    """`make html | true` is no error: the site is built."""
    with start(site, "html", PYTHONUNBUFFERED=unbuffered) as process:
        process.stdout.close()
        err = process.stderr.read()
    assert (process.returncode, err) == (0, "")
    assert (site / "output/index.html").exists()


@pytest.mark.parametrize(
    ("body", "ending"),
    [
        ("[x](a.html)\n", "1 problem: nothing was built"),
        ("[x](a.html) [y](b.html)\n", "2 problems: nothing was built"),
    ],
)
def test_problems_are_listed_and_counted(site, body, ending):
    """They are for stderr, one a line, and the exit code is 1."""
    with (site / "content/pages/about.md").open("a") as page:
        page.write(body)
    code, out, err = run(site, "html")
    *problems, last = err.splitlines()
    assert (code, out) == (1, "")
    assert problems[0] == ('content/pages/about.md:5: link to "a.html" leads nowhere')
    assert last == f"{ending}, and the site built before stands as it was."
    assert not (site / "output").exists()


@pytest.mark.parametrize("debug", ["", "1"])
def test_a_traceback_is_for_who_asks_for_it(site, debug):
    """An error of the theme is one line; with DEBUG=1 it is the whole story."""
    (site / "theme").unlink()
    shutil.copytree(ROOT / "theme", site / "theme")
    (site / "theme/templates/page.html").write_text("{{ nope }}")
    code, _, err = run(site, "html", DEBUG=debug)
    assert code == 1
    assert ("Traceback" in err) == bool(debug)
    if not debug:
        assert err.startswith("theme/templates/page.html:1: UndefinedError: ")


def test_publish_builds_for_the_address_given(site):
    """Links are absolute, and nothing is said of a placeholder."""
    code, out, err = run(site, "publish", SITEURL="https://x.org/news/")
    assert (code, err) == (0, "")
    assert re.fullmatch(BUILT, out)
    page = (site / "output/about/index.html").read_text("utf-8")
    assert 'href="https://x.org/news/archive/"' in page


def test_a_site_built_before_lends_its_address_to_no_other(site):
    """What is kept of the templates has nothing of the settings in it."""
    assert run(site, "html")[0] == 0
    assert run(site, "publish", SITEURL="https://x.org")[0] == 0
    for file in (site / "output").rglob("*.*"):
        if file.is_file():
            assert b"standfirst.example/" not in file.read_bytes(), file


@pytest.mark.parametrize("address", [None, "news.example.org", "https://x.example"])
def test_publish_wants_an_address_of_the_sites_own(site, address):
    """Without one it says what to give, and builds nothing."""
    code, out, err = run(site, "publish", **({"SITEURL": address} if address else {}))
    assert (code, out) == (1, "")
    assert "make publish SITEURL=https://news.example.org" in err
    assert "Traceback" not in err
    assert not (site / "output").exists()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("SITENAME = (", "pelicanconf.py:"),
        ("SITENAME = nope", "NameError: name 'nope' is not defined"),
        ("ARTICLE_PATHS = ['']", "ARTICLE_PATHS = '': is no plain name of a folder"),
        ("PAGE_PATHS = ['./pages']", "PAGE_PATHS = './pages': is no plain name"),
        ("ARTICLE_PATHS = []", "ARTICLE_PATHS = []: List should have at least 1 item"),
        ('HSTS_PRELOAD = "no"', "HSTS_PRELOAD = 'no': Input should be a valid boolean"),
        ('FEED_MAX_ITEMS = "20"', "FEED_MAX_ITEMS = '20': Input should be a valid int"),
        ('DEFAULT_LANG = "english"', "DEFAULT_LANG = 'english': is no code of a lang"),
        ('COMMENTS_URL = "127.0.0.1:80"', "COMMENTS_URL = '127.0.0.1:80': is no add"),
        ('SITENAME = " "', "SITENAME = ' ': is no name"),
        ('del SITENAME; SITENAM = "A"', 'SITENAM is no setting; did you mean "SITENAM'),
        ("del METHOD_VERSION", "pelicanconf.py: METHOD_VERSION is missing; README"),
    ],
)
@pytest.mark.parametrize("command", ["html", "publish"])
def test_a_fault_in_the_settings_is_one_line(site, command, line, words):
    """Who set up the site is told which line of the settings is wrong."""
    with (site / "pelicanconf.py").open("a") as settings:
        settings.write(f"\n{line}\n")
    code, out, err = run(site, command, SITEURL="https://x.org")
    assert (code, out) == (1, "")
    assert words in err
    assert "Traceback" not in err


def test_an_address_ends_no_rule_for_hosts(site):
    """Nothing is in it that nginx would read as the end of what it stands in."""
    with (site / "pelicanconf.py").open("a") as settings:
        settings.write('\nSITEURL = "https://e.org/a;b{c}"\n')
    code, out, err = run(site, "html")
    assert (code, out) == (1, "")
    assert "SITEURL = 'https://e.org/a;b{c}': is no address of a site; " in err


@pytest.mark.parametrize("arguments", [[], ["htlm"], ["html", "--prot"]])
def test_a_wrong_command_is_answered_with_the_right_ones(site, arguments):
    """The exit code of a wrong call is 2, and the call is explained."""
    code, _, err = run(site, *arguments)
    assert code == 2
    assert "{html,publish," in err


@pytest.mark.parametrize(("stop", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_signal_ends_a_build_quietly(site, stop, code):
    """Ctrl-C and SIGTERM: no traceback, the old output stands.

    Nothing is left but what the next build can use: files of that very output.
    """
    assert run(site, "html")[0] == 0
    before = (site / "output/about/index.html").read_bytes()
    (site / "theme").unlink()
    shutil.copytree(ROOT / "theme", site / "theme")
    page = site / "theme/templates/page.html"
    with page.open("a") as template:
        template.write("{% for a in range(9**9) %}{% endfor %}")
    with start(site, "html") as process:
        while not (site / ".output.staging").exists() and process.poll() is None:
            time.sleep(0.01)
        process.send_signal(getattr(signal, stop))
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (code, "")
    assert err == "\nStopped. The site stands as the last build made it.\n"
    assert (site / "output/about/index.html").read_bytes() == before
    staging = site / ".output.staging"
    for left in filter(Path.is_file, staging.rglob("*")):
        assert left.samefile(site / "output" / left.relative_to(staging))
    shutil.copy(ROOT / "theme/templates/page.html", page)
    assert run(site, "html")[0] == 0


@pytest.mark.parametrize(("stop", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
def test_a_stop_that_a_library_takes_for_an_error_of_its_own_is_one(site, stop, code):
    """As Pydantic does that is just making a model: no mistake of an author's."""
    with (site / "pelicanconf.py").open("a") as settings:
        settings.write(
            "import signal\n"
            f"try:\n    signal.raise_signal(signal.{stop})\n"
            "except KeyboardInterrupt:\n    raise ValueError('no model') from None\n"
        )
    stopped = "\nStopped. The site stands as the last build made it.\n"
    for command in ("html", "new"):
        assert run(site, command) == (code, "", stopped)


STOPPING = """
import signal, time
from pathlib import Path

def stop():
    signal.raise_signal(signal.SIGINT)

def clear():
    time.sleep(1)
    Path("cleared").touch()

def wait():
    try:
        time.sleep(30)
    finally:
        clear()

"""
STOPPED = {
    "caught": """
try:
    stop()
except KeyboardInterrupt:
    pass
wait()
""",
    "dropped": """
class Dropped:
    def __del__(self):
        stop()

Dropped()
wait()
""",
    "once more": """
try:
    stop()
finally:
    stop()
    clear()
""",
    "in a generator": """
def steps():
    try:
        yield
    finally:
        clear()

for step in steps():
    stop()
""",
    "after an error": """
try:
    raise ValueError
except ValueError:
    stop()
    clear()
wait()
""",
}


@pytest.mark.parametrize("moment", STOPPED)
def test_a_stop_comes_until_it_is_heard_but_not_into_the_clearing_up(site, moment):
    """That takes longer here than the time until the stop comes again."""
    with (site / "pelicanconf.py").open("a") as settings:
        settings.write(STOPPING + STOPPED[moment])
    stopped = "\nStopped. The site stands as the last build made it.\n"
    assert run(site, "html") == (130, "", stopped)
    assert (site / "cleared").exists()


def test_rollback_puts_the_release_before_back(site):
    """Once more undoes it; without a release before, there is a sentence."""
    page = site / "output/about/index.html"
    code, out, err = run(site, "rollback")
    assert (code, out) == (1, "")
    assert err.startswith("There is no release before this one: .output.previous is")
    for text in ("The first text.", "The second text."):
        with (site / "content/pages/about.md").open("a") as file:
            file.write(f"\n{text}\n")
        assert run(site, "html")[0] == 0
    for second in (False, True):
        code, out, err = run(site, "rollback")
        assert (code, err) == (0, "")
        assert out.startswith(
            "output/ is again what the build before the last one made"
        )
        assert ("The second text." in page.read_text("utf-8")) == second
