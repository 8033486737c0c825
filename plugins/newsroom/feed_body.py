"""A story's body as a feed carries it: whole, absolute links, plain images."""

from dataclasses import dataclass
from typing import cast
from urllib.parse import urljoin

from lxml import etree
from lxml.html import HtmlElement, fragment_fromstring, tostring
from markupsafe import Markup
from pelican.contents import Article

from newsroom.addresses import absolute
from newsroom.weights import NOTES

XHTML = "http://www.w3.org/1999/xhtml"


# Of what newsroom/safe_html.py lets a story have, these lead to files.
LINKS = ("href", "src", "cite")
ADDRESSED = etree.XPath(".//*[@id or @href or @src or @cite]")


@dataclass(frozen=True)
class FeedBody:
    """A body as HTML, for RSS and JSON Feed, and as one XHTML div, for Atom.

    https://www.rfc-editor.org/rfc/rfc4287#section-3.1.1.3
    """

    html: str
    xhtml: Markup


def feed_body(story: Article, site: str) -> FeedBody:
    """Return the body in both forms: every story is in feeds of each."""
    body = _body(story, site)
    html = tostring(body, encoding="unicode")
    body.set("xmlns", XHTML)
    xhtml = etree.tostring(body, encoding="unicode")
    return FeedBody(str(html), Markup(xhtml))  # noqa: S704 - serialised


def _body(story: Article, site: str) -> HtmlElement:
    html = NOTES.sub("", story.get_content(site))
    body: HtmlElement = fragment_fromstring(html, create_parent="div")
    # To the parser, which knows no HTML 5, a <source> holds what follows it.
    for choice in [*body.iter("picture", "source")]:
        choice.drop_tag()
    for image in body.iter("img"):
        for attribute in ("srcset", "sizes", "loading"):
            image.attrib.pop(attribute, None)
    _make_public(body, absolute(story.url, site), site)
    return body


def _make_public(body: HtmlElement, page: str, site: str) -> None:
    """Have the links of the body of `page` lead to public addresses.

    As all of them lead to the site, none needs an id here.
    """
    root = f"{site}/"

    def public(link: str) -> str:
        try:
            target = urljoin(page, link)
        except ValueError:  # the link check says so
            return link
        if not target.startswith(root):
            return target
        path, mark, fragment = target.removeprefix(root).partition("#")
        return absolute(path, site) + mark + fragment

    for element in cast(list[HtmlElement], ADDRESSED(body)):
        attributes = element.attrib
        attributes.pop("id", None)
        for name in LINKS:
            if name in attributes:
                attributes[name] = public(attributes[name].strip())
