"""Reads the attributes of a page without a parser, where the page is as plain as ours.

A parser builds a tree of every page, of which the link check wants some attributes. Our
own pages can be read at a glance: the templates and Markdown write tags in lower case,
a space before each attribute, values in double quotes, and no `<` or `>` but those of
tags. A page with anything else, as an author's own HTML, is left to the parser.
"""

import re
from functools import lru_cache
from html import unescape

# Those whose text may have what looks like a tag; the first are plain where the tag
# that ends them is the next.
TEXTS = "style|script|textarea|title"
ODD = f"{TEXTS}|iframe|noembed|noframes|noscript|plaintext|template|xmp"
VALUELESS = "download|hidden|open|required|reversed"
# What follows a tag: text, and the ends of elements. Groups are not possessive, here or
# below: before 3.11.5, Python lost its way in them (its issue 106052).
BETWEEN = re.compile(rf">[^<]*+(?:</(?!(?:{TEXTS})>)[a-z][a-z0-9]*+>[^<]*+)*")
# No value ends with "=", so that what stands before a quote is always a name.
ATTRIBUTES = rf"""(?:[ ](?:
    (?:[a-z][a-z0-9:-]*+|viewBox)="[^"<>\x00-\x1f]*+(?<!=)" | (?:{VALUELESS})\b
))*\s*+"""
TAGS = re.compile(
    rf"""(?:<!doctype\ html>)?
    (?:<(?:
        (?!(?:{ODD})\b) [a-z][a-z0-9]*+ {ATTRIBUTES} /?+> |
        ({TEXTS}) {ATTRIBUTES} ></\1>
    ))+""",
    re.VERBOSE | re.ASCII,
)
WANTED = re.compile(
    r' (action|cite|content|data|formaction|href|id|poster|src|srcset)="([^"]*+)"',
    re.ASCII,
)
NAMED = re.compile(r"<a\s(?:[^<>]*?\s)?name=", re.ASCII)
# The links of readers: newsroom/comment_body.py.
READERS_REL = ' rel="nofollow ugc noopener"'
READERS = re.compile(rf"<[^<>]*?{READERS_REL}[^<>]*+>")
REFERENCE = re.compile(r"&(?!(?:amp|lt|gt|quot|#3[49]);)")


def attributes(html: str) -> dict[str, set[str]] | None:
    """Return the values of the attributes that lead somewhere or are led to, by name.

    Of links that readers wrote, there is nothing; of two attributes with one name in a
    tag, which no parser keeps, there are both. None says that the page is not plain.
    """
    head, top, main, footer = _parted(html)
    found: dict[str, set[str]] = {}
    for part in (_read(head), _read_once(top), _read(main), _read_once(footer)):
        if part is None:
            return None
        for name, values in part.items():
            found.setdefault(name, set()).update(values)
    return found


def _parted(html: str) -> tuple[str, str, str, str]:
    """Cut a page before links, style and masthead, which many have, main, and footer.

    Of a page that is plain, each part is; where a cut goes through a text, none is.
    """
    top = max(html.find("<link", html.find("</script>")), 0)
    main = max(html.find("<main", top), top)
    footer = html.rfind("<footer", main)
    end = footer if footer >= 0 else len(html)
    return html[:top], html[top:main], html[main:end], html[end:]


def _read(html: str) -> dict[str, set[str]] | None:
    """Return the attributes of a part of a page."""
    tags = BETWEEN.sub(">", html)
    if tags and (not TAGS.fullmatch(tags) or _has_names(tags)):
        return None
    if READERS_REL in tags:
        tags = READERS.sub("", tags)
    found: dict[str, set[str]] = {}
    try:
        for name, value in set(WANTED.findall(tags)):
            found.setdefault(name, set()).add(_plain(value) if "&" in value else value)
    except ValueError:
        return None
    return found


# Of each masthead and footer, there is one to hundreds of pages.
_read_once = lru_cache(maxsize=256)(_read)


def _has_names(tags: str) -> bool:
    """Whether a link has a name, as they had before ids; most names are of meta."""
    return " name=" in tags.replace("<meta name=", "") and bool(NAMED.search(tags))


def _plain(value: str) -> str:
    """Return a value without character references; ValueError for unusual ones."""
    if REFERENCE.search(value):
        raise ValueError(value)
    return unescape(value)
