"""A comment's words as HTML: a little Markdown, and nothing that could do harm."""

import re
from functools import cache

import nh3
from markdown import Markdown

from newsroom import shortcuts

# What Markdown makes of a text and a comment has no use for. Raw HTML, which is not
# read as such, is shown as it was typed.
NO_BLOCKS = ("hashheader", "setextheader", "hr", "reference")
NO_INLINE = (
    *("html", "image_link", "image_reference", "short_image_ref"),
    *("reference", "short_reference"),
)
# Brackets up to which links are read: Python-Markdown's time grows with their square.
MOST_BRACKETS = 200
# Quotations and lists in one another, as nobody writes them: shown as they were typed.
NESTED = re.compile(r"^(?:[ \t]*(?:[>*+-]|\d+\.)){12}|^(?: {4}|\t){12}", re.MULTILINE)
TAGS = {"a", "blockquote", "br", "code", "em", "li", "ol", "p", "pre", "strong", "ul"}
REL = "nofollow ugc noopener"


def comment_html(text: str) -> str:
    """Return the words of a comment as HTML that can stand on any page.

    Whatever `text` is, only TAGS are in it, and no attribute but the address of a link
    (http, https or mailto), which is followed by REL.
    """
    if NESTED.search(text):
        html = f"<pre>{nh3.clean_text(text)}</pre>"
    else:
        html = _converted(text, links=text.count("[") <= MOST_BRACKETS)
    return nh3.clean(
        html,
        tags=TAGS,
        attributes={"a": {"href"}, "*": set()},
        url_schemes={"http", "https", "mailto"},
        url_relative="deny",
        link_rel=REL,
    )


def _converted(text: str, *, links: bool) -> str:
    try:
        return _markdown(links=links).reset().convert(text)
    except Exception:
        _markdown.cache_clear()  # so that none meets what a failed one left
        raise


@cache
def _markdown(*, links: bool) -> Markdown:
    markdown = Markdown(extensions=["nl2br", "sane_lists"], output_format="html")
    for name in NO_BLOCKS:
        markdown.parser.blockprocessors.deregister(name)
    for name in NO_INLINE if links else (*NO_INLINE, "link"):
        markdown.inlinePatterns.deregister(name)
    markdown.preprocessors.deregister("html_block")
    shortcuts.take(markdown)
    return markdown
