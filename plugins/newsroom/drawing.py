"""A drawing (SVG) is published only if it is inert, without what editors hide in it.

Opened by itself, an SVG is a document of the site, whose scripts would run as the
site's own.
"""

import re

from lxml import etree

from newsroom.picture_file import Picture, UnusableError

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
# What runs, changes by itself, or holds other documents.
# https://www.w3.org/TR/SVG2/struct.html#UnknownElement and what follows there
ACTIVE = frozenset(
    {
        *("script", "handler", "listener", "foreignObject", "iframe", "object"),
        *("embed", "audio", "video", "canvas", "animate", "animateColor", "set"),
        *("animateMotion", "animateTransform", "discard", "mpath", "a"),
    }
)
# Kept back: it is about the drawing, and names its maker's programs and folders.
ABOUT = "metadata"
# Of image-set(), an address need not stand in url().
ELSEWHERE = re.compile(
    r"@import|url\(\s*['\"]?\s*(?!#|['\"]?#)|image-set\(|expression\(|\\",
    re.IGNORECASE,
)
LENGTH = re.compile(r"\s*(\d*\.?\d+)(px)?\s*", re.ASCII)


def cleaned(data: bytes) -> tuple[bytes, Picture]:
    """Return the drawing without what is not drawn, and its size.

    Raises UnusableError for one that is not well-formed, not inert, or of no size.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=False,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnusableError(f"is no SVG: {error}") from None
    if _has_entities(root):
        raise UnusableError("has entities, which may hide anything; save it anew")
    if etree.QName(root).namespace != SVG or etree.QName(root).localname != "svg":
        raise UnusableError("is no SVG: its root is not <svg> of the SVG namespace")
    for element in list(root.iter()):
        _clean(element)
    etree.cleanup_namespaces(root)
    width, height = _size(root)
    return etree.tostring(root, encoding="utf-8"), Picture("SVG", width, height, "")


def _has_entities(root: etree._Element) -> bool:
    """Whether it defines entities, or uses one that another file may define."""
    dtd = root.getroottree().docinfo.internalDTD
    defined = [] if dtd is None else dtd.entities()  # type: ignore[attr-defined]
    return bool(defined) or next(root.iter(etree.Entity), None) is not None


def _clean(element: etree._Element) -> None:
    """Drop `element` if it is not drawn; refuse it if it is not inert."""
    name = etree.QName(element)
    parent = element.getparent()
    if parent is not None and (name.namespace != SVG or name.localname == ABOUT):
        # What stands after it is white space, or text that would be drawn.
        _drop(element, parent)
        return
    if name.localname in ACTIVE:
        raise UnusableError(
            f"has <{name.localname}>, and a drawing may only draw; take it out"
        )
    if name.localname == "style":
        _check_style(element)
    for attribute, value in list(element.attrib.items()):
        _check(element, str(attribute), str(value))


def _check_style(element: etree._Element) -> None:
    # A browser reads as rules what stands before, between and after them.
    if len(element):
        raise UnusableError(
            f"has <{etree.QName(element[0]).localname}> in its <style>, which may have "
            "only rules; take it out"
        )
    if found := ELSEWHERE.search(element.text or ""):
        raise UnusableError(_refers(found[0]))


def _drop(element: etree._Element, parent: etree._Element) -> None:
    tail, before = element.tail or "", element.getprevious()
    if before is None:
        parent.text = (parent.text or "") + tail
    else:
        before.tail = (before.tail or "") + tail
    element.tail = None
    parent.remove(element)


def _check(element: etree._Element, attribute: str, value: str) -> None:
    name = etree.QName(attribute)
    if name.namespace not in {None, XLINK, XML}:
        del element.attrib[attribute]
    elif name.localname.lower().startswith("on"):
        raise UnusableError(
            f'has the handler {name.localname}="…", and a drawing may only draw; '
            "take it out"
        )
    elif name.localname in {"href", "src"} and not value.strip().startswith(
        ("#", "data:image/png", "data:image/jpeg")
    ):
        raise UnusableError(_refers(value))
    elif found := ELSEWHERE.search(value):
        raise UnusableError(_refers(found[0]))


def _refers(what: str) -> str:
    return (
        f'refers to something outside itself ("{what[:40]}"), which no browser '
        "fetches for a picture; embed it or take it out"
    )


def _size(root: etree._Element) -> tuple[int, int]:
    """Return the pixels that the drawing takes: its width and height, or its box."""
    lengths = [LENGTH.fullmatch(root.get(side, "")) for side in ("width", "height")]
    box = re.split(r"[\s,]+", root.get("viewBox", "").strip())
    numbers = [match[1] for match in lengths if match]
    if len(numbers) < len(lengths):
        numbers = box[2:4]
    try:
        width, height = (round(float(number)) for number in numbers)
    except (ValueError, OverflowError):
        width = height = 0
    if width < 1 or height < 1:
        raise UnusableError(
            "has no size; give its <svg> a viewBox, or width and height"
        )
    return width, height
