"""A comment's words are hostile input: whatever is typed, nothing of it is active."""

import re
import time
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml.html import fragment_fromstring

from newsroom import comment_body
from newsroom.comment_body import REL, TAGS, comment_html

# What runs a script where it is let through: elements, handlers, addresses, styles,
# and the ways to hide them from a filter that reads otherwise than a browser.
VECTORS = (
    "<script>alert(1)</script>",
    "<ScRiPt >alert(1)</ScRiPt >",
    "<script/src=//evil.example></script>",
    "<<script>alert(1)//<</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img src=x:x onerror\n=alert(1)//",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<math><annotation-xml encoding='text/html'><img src=x onerror=alert(1)>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='data:text/html,<script>alert(1)</script>'></object>",
    "<embed src='javascript:alert(1)'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' &#14; java\tscript:alert(1)'>x</a>",
    "<base href='javascript:alert(1)//'>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href='javascript:alert(1)'>",
    "<style>@import 'javascript:alert(1)';</style>",
    "<div style='background:url(javascript:alert(1))'>x</div>",
    "<details open ontoggle=alert(1)>x",
    "<video><source onerror=alert(1)></video>",
    "<input autofocus onfocus=alert(1)>",
    "<form><button formaction=javascript:alert(1)>x</button></form>",
    "<template><img src=x onerror=alert(1)></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml-stylesheet href='javascript:alert(1)'?>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;img src=x onerror=alert(1)&#62;",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java&#10;script:alert(1)",
    "&#x6A&#x61&#x76&#x61&#x73&#x63&#x72&#x69&#x70&#x74&#x3A;alert(1)",
    "\x01javascript:alert(1)",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "vbscript:msgbox(1)",
    '"><img src=x onerror=alert(1)>',
    "'onmouseover='alert(1)",
    "` onerror=alert(1) `",
    "\u2028<img src=x onerror=alert(1)>\u2029",
    "\x02wzxhzdk:0\x03<img src=x onerror=alert(1)>",
    "{: onclick=alert(1) }",
    "{{ config }}{% raw %}<script>alert(1)</script>",
)
PLACES = (
    "{}",
    "> {}",
    "- {}\n- {}",
    "`{}`",
    "    {}",
    "*{}*",
    "[{}](https://example.org)",
    "[x]({})",
    "[x](<{}>)",
    '[x](https://example.org "{}")',
    "![{}]({})",
    "<{}>",
    "[x][1]\n\n[1]: {}",
    "<div markdown=1>\n\n{}\n\n</div>",
)


def active(html):
    """Return what of `html`, as a browser reads it, is more than words and links."""
    body = fragment_fromstring(html, create_parent="div")
    return [element for element in body.iterdescendants() if not _is_harmless(element)]


def _is_harmless(element):
    if element.tag != "a":
        return element.tag in TAGS and not element.attrib
    can_be_followed = re.match(r"(https?|mailto):|$", element.get("href", ""))
    names = set(element.attrib) - {"href"}
    return names == {"rel"} and element.get("rel") == REL and bool(can_be_followed)


@pytest.mark.parametrize("place", PLACES)
def test_nothing_hostile_is_active_in_any_place(place):
    """Six hundred and more payloads: not one element, handler or address is let in."""
    assert len(VECTORS) * len(PLACES) >= 600
    for vector in VECTORS:
        html = comment_html(place.replace("{}", vector))
        assert not active(html), vector


@given(
    st.lists(st.sampled_from(["".join(p) for p in product("<&`[(!>*\\'\"", "xa:/ \n")]))
)
def test_no_mixture_of_marks_is_active(marks):
    """Marks of Markdown and HTML in any order."""
    assert not active(comment_html("".join([*marks, VECTORS[5], *reversed(marks)])))


@given(st.text())
def test_no_text_breaks_it(text):
    """Any text is HTML afterwards, and that HTML is clean."""
    assert not active(comment_html(text))


def test_the_little_markdown_that_a_comment_needs():
    """Paragraphs and lines, emphasis, code, quotations, lists, links."""
    html = comment_html(
        "One *two* **three**\n`four`\n\n> five\n\n- six\n\n1. seven\n\n"
        "[eight](https://example.org) <https://nine.example> <ten@example.org>"
    )
    link = 'rel="nofollow ugc noopener"'
    assert html == (
        "<p>One <em>two</em> <strong>three</strong><br>\n<code>four</code></p>\n"
        "<blockquote>\n<p>five</p>\n</blockquote>\n<ul>\n<li>six</li>\n</ul>\n"
        "<ol>\n<li>seven</li>\n</ol>\n"
        f'<p><a href="https://example.org" {link}>eight</a> '
        f'<a href="https://nine.example" {link}>https://nine.example</a> '
        f'<a href="mailto:ten@example.org" {link}>ten@example.org</a></p>'
    )


@pytest.mark.parametrize(
    "text",
    [
        "<b>bold</b>",
        "# not a headline",
        "Not one\n=======",
        "---",
        "a < b > c",
        "[1]: https://example.org",
        "![picture](https://example.org/a.png)",
        "AT&T; &copy",
        "> - " * 600 + "deep",
        "    " * 40 + "far",
        "[" * 9_000,
    ],
)
def test_what_it_does_not_read_is_shown_as_it_was_typed(text):
    """A reader's words are never lost, however they are meant."""
    shown = fragment_fromstring(comment_html(text), create_parent="div")
    kept = re.sub(r"\W", "", shown.text_content())
    assert kept == re.sub(r"\W", "", text)


@pytest.mark.parametrize(
    "text",
    [
        "[a](" * 2_500,
        "[a](<" * 2_000,
        "![[" * 3_300,
        "[" * 199 + "](" * 4_900,
        "1. - " * 2_000,
        "> " * 5_000,
        "*a " * 3_300,
        "**a*" * 2_500,
        "` " * 5_000,
        "<a@" * 3_300,
        "\n".join("    " * level + "- a" for level in range(11)) + "\\" * 9_000,
    ],
)
def test_no_text_of_ten_thousand_characters_holds_up_a_build(text):
    """Python-Markdown alone takes up to 17 seconds for some of these."""
    began = time.process_time()
    comment_html(text)
    assert time.process_time() - began < 3


@given(st.lists(st.text("ab1\n *_[](\\`>-.&<"), max_size=6))
def test_a_comment_reads_alike_whatever_was_read_before_it(texts):
    """Nothing that one leaves behind changes another."""
    after_others = [comment_html(text) for text in texts]
    alone = []
    for text in texts:
        comment_body._markdown.cache_clear()
        alone.append(comment_html(text))
    assert after_others == alone


def test_a_comment_that_cannot_be_read_leaves_nothing_behind(monkeypatch):
    """Whoever comes after it is read by a Markdown that never met it."""
    broken = comment_body._markdown(links=True)
    monkeypatch.setattr(broken, "convert", {}.__getitem__)
    with pytest.raises(KeyError):
        comment_html("One.")
    assert comment_html("Two.") == "<p>Two.</p>"
