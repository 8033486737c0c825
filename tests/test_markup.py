"""What Standfirst makes of Markdown: quotations, tables, headings."""

from pathlib import Path

import pytest
from markdown import Markdown

from newsroom.header import parse
from newsroom.problems import Collector


def convert(body):
    """Return a story's body as HTML without line ends, and what was reported of it."""
    markdown = Markdown(
        extensions=["extra", "sane_lists", "newsroom.markup"], output_format="html"
    )
    markdown.source = Path("article.md"), parse(f"Title: A\n\n{body}")
    with Collector() as collector:
        html = markdown.convert(body).replace("\n", "")
    return html, [str(problem) for problem in collector.problems]


@pytest.mark.parametrize("sign", ["—", "–", "--"])
def test_a_quotation_is_signed_by_a_dash(sign):
    """Its last paragraph says whose words they are, and is the figure's caption."""
    assert convert(f"> Words.\n>\n> {sign} *A* Speaker") == (
        '<figure class="quote"><blockquote><p>Words.</p></blockquote>'
        f"<figcaption>{sign} <em>A</em> Speaker</figcaption></figure>",
        [],
    )


def test_a_signed_quotation_can_be_pulled():
    """A class given to its last paragraph is the figure's."""
    html, _ = convert("> Words.\n>\n> — A Speaker\n> {: .pull }")
    assert html.startswith('<figure class="quote pull"><blockquote><p>Words.</p>')
    assert html.endswith("<figcaption>— A Speaker</figcaption></figure>")


@pytest.mark.parametrize(
    "body",
    [
        "> Words.",
        "> Words — and more.",
        "> Words.\n>\n> —and more",
        "> Words.\n>\n> - a list",
        "> — Come in, she said.",
    ],
)
def test_words_that_sign_nothing_stay_in_the_quotation(body):
    """A quotation without a signature is one like any other."""
    html, _ = convert(body)
    assert html.startswith("<blockquote><p>")
    assert "figure" not in html


def test_a_quotation_is_found_at_any_depth():
    """A signed quotation in a list is a figure too, and what follows it stays."""
    html, _ = convert("- One\n\n    > Words.\n    >\n    > — A\n\n    After.")
    assert "<figcaption>— A</figcaption></figure><p>After.</p></li>" in html


@pytest.mark.parametrize("before", ["", "> ", "    "])
def test_a_table_scrolls_and_has_no_style_attribute(before):
    """It is in a region that the keyboard reaches; classes align its columns."""
    rows = ("| A | B |", "|:--|--:|", "| 1 | 2 |")
    start = "1.  One\n\n" if before == "    " else ""
    html, _ = convert(start + "\n".join(before + row for row in rows))
    assert html.count('<div aria-label="Table" class="scroll"') == 1
    assert '<th class="left">A</th><th class="right">B</th>' in html
    assert '<td class="left">1</td><td class="right">2</td>' in html
    assert "style" not in html


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("Text\n\n# Peace", [5]),
        ("Text\n\nPeace\n=====", [5]),
        ("> # Peace", [3]),
        # Fail: a heading is looked for by its words alone, and only once.
        ("Peace, in a word.\n\n# Peace", [5]),
        ("Text\n\n# *Peace* now", [5]),
        ("# Peace\n\nText\n\n# Peace", [3, 7]),
        ("Text\n\n<h1>Peace</h1>", [5]),
    ],
)
def test_the_headline_is_the_only_one(body, lines):
    """A first-level heading in a body is a mistake on its own line."""
    _, problems = convert(body)
    assert [problem.split(":")[1] for problem in problems] == list(map(str, lines))
    assert all("second headline" in problem for problem in problems)


def test_subheadings_are_welcome():
    """A body's headings begin at the second level."""
    assert convert("## One\n\n### Two") == ("<h2>One</h2><h3>Two</h3>", [])
