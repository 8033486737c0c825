"""Stories, ledgers and comments that nobody thought of: read, refused or inert."""

import lxml.html
import pytest
from conftest import SETTINGS
from hostile_stories import HEADER, LEDGER
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pelican.settings import read_settings
from test_hostile_stories import active_nodes_of

from newsroom.comment_body import comment_html
from newsroom.comment_file import parse as parse_comment
from newsroom.problems import Collector
from newsroom.reader import NewsroomReader

# Pieces of what the named cases are made of, put together anew.
PIECES = [
    *("<", ">", "</", "/>", "<!--", "-->", "<![CDATA[", "<?", "`", "```\n", "~~~\n"),
    *("[", "]", "(", ")", "![", "](", "{:", "}", "{: onclick=a() }", "&#58;", "&Tab;"),
    *("javascript:", "data:", "vbscript:", "https://x.org", "{static}", "{attach}../"),
    *("<script>", "</script>", "<b ", "<p onclick=a()>", "<img src=x ", "style=", "x"),
    *("<div>", "</div>", '<div markdown="1">', "<svg>", "<a href=", '"', "'", "\n"),
    *("\n\n", "> ", "- ", "# ", "| a | b |\n|--|--|\n", "    ", "[^1]", "[^1]: ", " "),
    *("*", "_", "\\", "\t", "claim:c", "\u202e", "\u200b", "\0", "é", "می‌خ", ":"),
    *("\x02", "\x03", "wzxhzdk:0", "{{ x }}", "<<<<<<< HEAD\n", "=======\n", "*[x]: "),
    *("Key: v\n", "\ufeff", "word ", "Word. "),
]
pieces = st.sampled_from(PIECES) | st.text(max_size=4)
texts = st.lists(pieces, max_size=30).map("".join)
lines = texts.map(lambda text: " ".join(text.split()))
headers = st.dictionaries(
    st.sampled_from(
        [*HEADER, "Title", "Slug", "Kind", "Dateline", "Save_as", "Modified"]
    )
    | st.text(max_size=6),
    lines,
    max_size=5,
)
ledgers = (
    st.none() | texts | lines.map(lambda value: LEDGER.format(value=f"'''{value}'''"))
)


@pytest.fixture
def read(tmp_path):
    """Return a function that reads a story and its ledger: (HTML, problems)."""
    reader = NewsroomReader(read_settings(SETTINGS, {"PATH": str(tmp_path)}))
    article = tmp_path / "articles/x/article.md"
    article.parent.mkdir(parents=True)

    def run(text, ledger):
        article.write_bytes(text.encode("utf-8", "surrogatepass"))
        beside = article.with_name("ledger.toml")
        beside.unlink(missing_ok=True)
        if ledger is not None:
            beside.write_bytes(ledger.encode("utf-8", "surrogatepass"))
        with Collector() as collector:
            html, metadata = reader.read(str(article))
        assert [path.name for path in tmp_path.iterdir()] == ["articles"]
        return html, metadata, collector.problems

    return run


def hold(read, body, header, ledger):
    """Hold that a story is refused in words, or accepted and inert."""
    keys = {"Title": "A"} | HEADER | header
    text = "".join(f"{key}: {value}\n" for key, value in keys.items())
    html, metadata, problems = read(f"{text}\n{body}", ledger)
    assert not [problem for problem in problems if "Error" in problem.message[:30]]
    if not problems:
        assert not active_nodes_of(lxml.html.fragment_fromstring(html, "div"))
        assert metadata["status"] in {"published", "draft"}
        assert not {"Save_as", "save_as"} & metadata.keys()


def examples(count):
    """Return what makes a test run so often, and the same each time."""
    return settings(
        max_examples=count,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


@examples(400)
@given(body=texts, header=headers, ledger=ledgers)
def test_a_story_is_refused_in_words_or_is_inert(read, body, header, ledger):
    """No traceback, no key past the schema, nothing that runs."""
    hold(read, body, header, ledger)


@pytest.mark.long
@examples(17_000)
@given(body=texts, header=headers, ledger=ledgers)
def test_17000_stories_are_refused_in_words_or_are_inert(read, body, header, ledger):
    """The same, as often as takes minutes."""
    hold(read, body, header, ledger)


def hold_comment(header, body):
    """Hold that the file of a comment is refused in words, or shown and inert."""
    keys = {"Author": "A", "Date": "2026-01-02"} | header
    text = "".join(f"{key}: {value}\n" for key, value in keys.items())
    comment, mistakes = parse_comment(f"{text}\n{body}")
    assert all(sentence for _, sentence in mistakes)
    html = comment_html(comment.text)
    assert not active_nodes_of(lxml.html.fragment_fromstring(html, "div"))


@examples(100)
@given(header=headers, body=texts)
def test_a_comment_is_refused_in_words_or_is_inert(header, body):
    """What is published of a comment never runs."""
    hold_comment(header, body)


@pytest.mark.long
@examples(3_000)
@given(header=headers, body=texts)
def test_3000_comments_are_refused_in_words_or_are_inert(header, body):
    """The same, as often as takes minutes."""
    hold_comment(header, body)
