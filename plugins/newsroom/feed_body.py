"""A story's body as a feed carries it: whole, absolute links, plain images."""

from urllib.parse import urljoin

from lxml import etree
from lxml.html import HtmlElement, fragment_fromstring, tostring
from markupsafe import Markup
from pelican.contents import Article

from newsroom.addresses import absolute

XHTML = "http://www.w3.org/1999/xhtml"


def html_body(story: Article, site: str) -> str:
    """Return the body as HTML, for RSS and JSON Feed."""
    return str(tostring(_body(story, site), encoding="unicode"))


def xhtml_body(story: Article, site: str) -> Markup:
    """Return the body as one XHTML div, for Atom (RFC 4287, section 3.1.1.3)."""
    body = _body(story, site)
    body.set("xmlns", XHTML)
    return Markup(etree.tostring(body, encoding="unicode"))  # noqa: S704 - serialised


def _body(story: Article, site: str) -> HtmlElement:
    body: HtmlElement = fragment_fromstring(
        story.get_content(site), create_parent="div"
    )
    for notes in body.find_class("notes"):
        notes.drop_tree()
    for element in body.xpath(".//*[@id]"):  # every link leads to the site
        del element.attrib["id"]
    # To the parser, which knows no HTML 5, a <source> holds what follows it.
    for choice in [*body.iter("picture", "source")]:
        choice.drop_tag()
    for image in body.iter("img"):
        for attribute in ("srcset", "sizes", "loading"):
            image.attrib.pop(attribute, None)
    page = absolute(story.url, site)

    def public(link: str) -> str:
        try:
            target = urljoin(page, link)
        except ValueError:  # the link check says so
            return link
        if not target.startswith(f"{site}/"):
            return target
        path, mark, fragment = target.removeprefix(f"{site}/").partition("#")
        return absolute(path, site) + mark + fragment

    body.rewrite_links(public)
    return body
