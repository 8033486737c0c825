"""The filters, tests and functions that the theme's templates call."""

from calendar import month_name
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from email.utils import format_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from jinja2.utils import htmlsafe_json_dumps
from lxml.html import fragment_fromstring
from markupsafe import Markup
from pelican import Pelican
from pelican.contents import Article, Content
from pelican.plugins import signals

from newsroom import clock, evidence_pages, pictures, structured_data, trace
from newsroom.addresses import absolute
from newsroom.feed_body import FeedBody, feed_body
from newsroom.page_policy import page_policy
from newsroom.shared_parts import SharedCalls, SharedMacros, SharedParts
from newsroom.styles import StyleSheet, style_sheet
from newsroom.templates import compiling, uncompiled
from newsroom.weights import count_words

WORDS_A_MINUTE = 238  # Brysbaert 2019, silent reading of English non-fiction
# Stories whose bodies are kept as feeds have them, of some kilobytes each.
REMEMBERED = 4096
# Component and the tags that it styles.
PARTS = {
    "lists": ("<ul", "<ol", "<dl"),
    "quotes": ("<blockquote",),
    "figures": ("<img",),
    "tables": ("<table",),
    "code": ("<code",),
}
KIND_NAMES = {
    "news": "News",
    "analysis": "Analysis",
    "opinion": "Opinion",
    "fact-check": "Fact check",
}

# `month_name` asks the system for each, each time.
MONTHS = tuple(month_name)


def day(date: datetime) -> str:
    """Write a date as a newspaper does: 22 August 2016."""
    return f"{date.day} {MONTHS[date.month]} {date.year}"


def rfc822(date: datetime) -> str:
    """Write a date as RSS does: Mon, 22 Aug 2016 00:00:00 +0000."""
    return format_datetime(date)


def position(degrees: float, above: str, below: str) -> str:
    """Write a latitude or longitude: 35.2116° N; `below` is what stands for minus."""
    return f"{abs(degrees):.4f}".rstrip("0").rstrip(".") + (
        f"° {above if degrees >= 0 else below}"
    )


def folder(path: str) -> str:
    """Return the folder of a place or address, with its slash; nothing for the root."""
    return "".join(path.rpartition("/")[:2])


def outbound_links(html: str) -> list[str]:
    """Return the web addresses that a body links to, as print numbers them."""
    if "http" not in html:
        return []
    links = fragment_fromstring(html, create_parent="div").xpath(".//a/@href")
    return [link for link in links if link.startswith("http")]


def body_parts(html: str) -> list[str]:
    """Return the components that a body needs besides paragraphs.

    So a page carries the styles of what it shows and no others.
    """
    return [part for part, tags in PARTS.items() if any(tag in html for tag in tags)]


def reading_minutes(html: str) -> int:
    """Estimate the minutes that a body takes to read without its notes, at least 1."""
    return max(1, round(count_words(html) / WORDS_A_MINUTE))


def topic_names(story: Article) -> list[str]:
    """Return the names of the section and the tags of a story."""
    return [story.category.name, *(tag.name for tag in story.tags)]


def newest(stories: list[Article]) -> str:
    """Return when the last change to `stories` was made; the build's date for none."""
    dates = [story.modified or story.date for story in stories]
    return (max(dates) if dates else clock.now()).isoformat(timespec="seconds")


def is_aged(story: Article) -> bool:
    """Whether a story was published more than a year before the build."""
    return clock.passed(story.date + timedelta(days=365, microseconds=1))


def is_recent(story: Article) -> bool:
    """Whether a story belongs into a Google News sitemap: published in two days."""
    return not clock.passed(story.date + timedelta(hours=48))


def security_expires() -> datetime:
    """Return when security.txt ends: within a year, as RFC 9116 asks (section 2.5.5).

    It is the first of a month, so that the file does not change with every build.
    """
    today = clock.today("UTC")
    return datetime.combine(today + timedelta(days=360), time(), UTC).replace(day=1)


def json_ld(*graph: dict[str, Any] | None) -> Markup:
    """Write schema.org data for a `<script>`, escaped so that no value can end it."""
    things = [thing for thing in graph if thing]
    return _json({"@context": "https://schema.org", "@graph": things})


def _json(value: Any) -> Markup:
    """Write it as JSON; of a set, whose order is any, there is none."""
    return htmlsafe_json_dumps(value, lambda each: orjson.dumps(each).decode())


def _equip(pelican: Pelican) -> None:
    """Give the templates their tools; those that need the settings know them."""
    settings = pelican.settings
    site = settings["SITEURL"]
    styles = Path(settings["THEME"], "static", "css")
    # `make serve` builds again in the same process, and Pelican remembers every text.
    style_sheet.cache_clear()
    Content.get_content.cache.clear()
    Content.get_summary.cache.clear()
    settings["JINJA_ENVIRONMENT"] |= compiling(settings)

    def style(*components: str) -> StyleSheet:
        return style_sheet(styles, components)

    # The newest stories are in several feeds.
    remembered = lru_cache(maxsize=REMEMBERED)(lambda story: feed_body(story, site))

    def body_of(story: Article) -> FeedBody:
        trace.read_body(story.relative_source_path)
        return remembered(story)

    def with_settings(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda subject: function(subject, settings)

    filters: dict[str, Callable[..., Any]] = {
        "absolute": lambda url: absolute(url, site),
        "body_parts": body_parts,
        "claim_review": with_settings(structured_data.claim_review),
        "by_verdict": evidence_pages.by_verdict,
        "day": day,
        "entries": evidence_pages.entries,
        "folder": folder,
        "html_body": lambda story: body_of(story).html,
        "image_address": lambda story: structured_data.image_address(story, site),
        "json": _json,
        "kind_name": KIND_NAMES.__getitem__,
        "lead_picture": pictures.lead_picture,
        "news_article": with_settings(structured_data.news_article),
        "reading_minutes": reading_minutes,
        "newest": newest,
        "outbound_links": outbound_links,
        "position": position,
        "rfc822": rfc822,
        "topic_names": topic_names,
        "xhtml_body": lambda story: body_of(story).xhtml,
    }
    tests = {"aged": is_aged, "recent": is_recent}
    for kind, ours in ("JINJA_FILTERS", filters), ("JINJA_TESTS", tests):
        settings[kind] = {
            name: uncompiled(function)
            for name, function in (settings[kind] | ours).items()
        }
    settings["JINJA_GLOBALS"] |= {
        "breadcrumbs": lambda trail: structured_data.breadcrumbs(trail, site),
        "json_ld": json_ld,
        "shared_macros": SharedMacros(settings),
        "page_policy": page_policy,
        "publisher": lambda pages=(): structured_data.publisher(
            settings, {page.slug: page.url for page in pages}
        ),
        "security_expires": security_expires,
        "shared": SharedParts(settings),
        "shared_call": SharedCalls(),
        "style_sheet": style,
        "website": lambda: structured_data.website(settings),
    }


def register() -> None:
    """Equip the templates as soon as the settings are known."""
    signals.initialized.connect(_equip)
