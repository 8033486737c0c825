"""What is read of a plain page at a glance is what a parser reads of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom import links, plain_html
from newsroom.links import Anchors

SITE = "https://x.org/news"
# Pieces of pages, plain and odd, some of them halves of another.
PIECES = (
    """\
<!doctype html>
<html lang="en">
<meta name="a" content="https://x.org/news/card.png">
<meta content="https://x.org/news">
<title>A > b</title>
<title>A <b id="no">b</b></title>
<style>a>b{content:'id="no"'}</style>
<script src="a.js"></script>
<script>"<a href='no'>"</script>
<textarea name="a" id="t">href="no"</textarea>
<template><a href="no">x</a></template>
<noscript><a href="no">x</a></noscript>
<xmp><a href="no"></xmp>
<plaintext>
<p id="p1">A "quoted" text with id="no" &lt;a href="no"&gt;
<p hidden id="p2">
<p id>
<p ID="p3">
<P id="p4">
<p id='p5'>
<p id=p6>
<p id = "p7">
<p title="a" id="p8"/>
<p title=" id=" class="no">
<p title="a > b" id="p9">
<p title="b > c" id="p11">
<p title="a < b" id="p12">
<p title="a=" id="p13">
<p title="a	b" id="p14">
<textarea title="a > b" id="p15"></textarea>
<textarea id="p16" name="x"></title>
<input name="x" id="p17">
<p title="a &amp; b" id="a&amp;b">
<p id="a&nbsp;b&copy=c">
<p id="a
b">
<a href="b.html?a=1&amp;b=2#c">x</a>
<a href="b.html?a=1&copy=2">x</a>
<a href="" download>x</a>
<a href>x</a>
<a name="old">x</a>
<a id="p18" name="older">x</a>
<a href="c.html" rel="nofollow ugc noopener">x</a>
<a rel="nofollow ugc noopener" href="d.html">x</a>
<a data-href="no" href="é.html">x</a>
<img src="a.png" srcset="b.png 1x, c.png 2x" alt="">
<svg viewBox="0 0 9 8"><path d="m0 8"/></svg>
<blockquote cite="e.html">
<form action="f.html">
<main id="main">
</main>
<footer id="foot">
<title><main id="no"></title>
<p title="<main" id="p10">
<video poster="g.png">
<object data="h">
<button formaction="i.html">
<iframe src="j.html"></iframe>
<!-- <a href="no"> -->
<![CDATA[<a href="no">]]>
<br
>
</p>
</p >
<
>
"
'
a < b
a > b
&amp;
""".replace("<br\n>", "<br\0>")
    .replace("a\nb", "a\0b")
    .splitlines()
)


def parsed(html, monkeypatch):
    """Return what a parser finds in a page."""
    with monkeypatch.context() as patch:
        patch.setattr(links, "attributes", lambda _html: None)
        return Anchors.of(html, SITE)


@given(st.lists(st.sampled_from(PIECES), unique=True))
def test_a_glance_finds_what_a_parser_finds(pieces):
    """Whatever stands beside whatever, in the page or in an author's own HTML."""
    html = " ".join(['<body id="top">', *pieces]).replace("\0", "\n")
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert Anchors.of(html, SITE) == parsed(html, monkeypatch)


@pytest.mark.parametrize("site", ["owners_site", "fixture_site"])
def test_nearly_every_page_is_plain(site, request, monkeypatch):
    """On the pages that we make, a glance is enough, and right."""
    pages = [*request.getfixturevalue(site).rglob("*.html")]
    odd = []
    for page in pages:
        html = links.read(page)
        if plain_html.attributes(html) is None:
            odd.append(page)
        assert Anchors.of(html, SITE) == parsed(html, monkeypatch)
    assert len(odd) < len(pages) / 20
