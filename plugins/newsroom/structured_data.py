"""What search engines and archives read: schema.org data of stories and site."""

from typing import Any
from urllib.parse import quote

from pelican.contents import Article

from newsroom.addresses import absolute
from newsroom.comments import Posted
from newsroom.wording import same_name

Data = dict[str, Any]
Settings = dict[str, Any]

# https://schema.org/NewsArticle and its more specific types
TYPES = {"analysis": "AnalysisNewsArticle", "opinion": "OpinionNewsArticle"}


def publisher(settings: Settings, pages: dict[str, str]) -> Data:
    """Describe the site as a https://schema.org/NewsMediaOrganization.

    `pages` maps slugs to addresses; POLICY_PAGES says which page is which policy. A
    story names the publisher without them: the front page has them once for all.
    """
    site = settings["SITEURL"]
    return {
        "@type": "NewsMediaOrganization",
        "@id": f"{site}/#publisher",
        "name": settings["SITENAME"],
        "url": f"{site}/",
        "logo": f"{site}/icon-512.png",
        **policies(settings, pages),
    }


def policies(settings: Settings, pages: dict[str, str]) -> dict[str, str]:
    """Return the public address of each policy that `pages` holds, by its name."""
    return {
        policy: absolute(pages[slug], settings["SITEURL"])
        for policy, slug in settings["POLICY_PAGES"].items()
        if slug in pages
    }


def website(settings: Settings) -> Data:
    """Describe the front page as a https://schema.org/WebSite."""
    site = settings["SITEURL"]
    return {
        "@type": "WebSite",
        "name": settings["SITENAME"],
        "url": f"{site}/",
        "inLanguage": settings["DEFAULT_LANG"],
        "publisher": {"@id": f"{site}/#publisher"},
    }


def breadcrumbs(trail: list[tuple[str, str]], site: str) -> Data:
    """Describe the way from the front page: (name, address below the root) each."""
    return {
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": name,
                "item": absolute(url, site),
            }
            for position, (name, url) in enumerate(trail, 1)
        ],
    }


def news_article(story: Article, settings: Settings) -> Data:
    """Describe a story as a https://schema.org/NewsArticle, without its body."""
    site = settings["SITEURL"]
    url = absolute(story.url, site)
    data = {
        "@type": TYPES.get(story.kind, "NewsArticle"),
        "headline": story.title,
        "description": story.summary,
        "url": url,
        "datePublished": story.date.isoformat(),
        "dateModified": (story.modified or story.date).isoformat(),
        "dateline": story.dateline,
        "articleSection": story.category.name,
        "keywords": [tag.name for tag in story.tags],
        "inLanguage": settings["DEFAULT_LANG"],
        "license": settings["CONTENT_LICENCE_URL"],
        "author": [_author(author, settings) for author in story.authors],
        "publisher": {"@id": f"{site}/#publisher"},
        "image": image_address(story, site),
        "commentCount": len(story.discussion.comments),
        "comment": [_comment(comment, url) for comment in story.discussion.shown],
        **_evidence(story, url, settings),
    }
    return {name: value for name, value in data.items() if value}


def _comment(comment: Posted, url: str) -> Data:
    """Describe a comment below the story at `url` as a https://schema.org/Comment."""
    person = {"@type": "Person", "name": comment.author}
    return {
        "@type": "Comment",
        "url": f"{url}comments/#comment-{comment.id}",
        "author": person | ({"url": comment.url} if comment.url else {}),
        "datePublished": comment.date.isoformat(),
        "text": comment.words,
    }


def _evidence(story: Article, url: str, settings: Settings) -> Data:
    """Describe what the story rests on, what was corrected, and who reviewed it."""
    ledger, badge = story.ledger, story.badge
    if ledger is None:
        return {}
    data: Data = {
        "citation": [
            {
                "@type": "CreativeWork",
                "name": source.title,
                "publisher": source.publisher,
                "url": source.url,
            }
            for source in ledger.sources.values()
        ],
        "correction": [
            {
                "@type": "CorrectionComment",
                "text": f"{change.was} {change.now}",
                "datePublished": change.on.isoformat(),
            }
            for change in ledger.corrections
        ],
    }
    if badge.state.earned:
        data["mainEntityOfPage"] = {
            "@type": "WebPage",
            "@id": url,
            "reviewedBy": _named(ledger.check.by, settings),
            "lastReviewed": ledger.check.on.isoformat(),
        }
    return data


def claim_review(story: Article, settings: Settings) -> Data | None:
    """Describe a fact-check as a https://schema.org/ClaimReview; None for others.

    It is of one claim, somebody else's: newsroom/ledger_file.py refuses the rest.
    """
    if story.kind != "fact-check" or not story.badge.state.earned:
        return None
    if (review := story.ledger.review) is None:
        return None
    claim = story.ledger.claim(review.claim)
    site = settings["SITEURL"]
    said_on = {"datePublished": claim.said_on.isoformat()} if claim.said_on else {}
    return {
        "@type": "ClaimReview",
        "url": absolute(story.url, site),
        "claimReviewed": claim.claim,
        "itemReviewed": {
            "@type": "Claim",
            "author": {"@type": "Thing", "name": claim.said_by},
            "appearance": {"@type": "CreativeWork", "url": review.appearance},
            **said_on,
        },
        "author": {"@id": f"{site}/#publisher"},
        "datePublished": story.ledger.check.on.isoformat(),
        "reviewRating": {
            "@type": "Rating",
            "alternateName": claim.verdict.capitalize(),
        },
    }


def image_address(story: Article, site: str) -> str | None:
    """Return the public address of the story's picture, which is beside its page."""
    if not (story.image and story.lead_picture):
        return None
    return f"{absolute(story.url, site)}{quote(story.image)}{story.lead_picture.widest}"


def _author(author: Any, settings: Settings) -> Data:
    address = absolute(author.url, settings["SITEURL"])
    return _named(author.name, settings) | {"url": address}


def _named(name: str, settings: Settings) -> Data:
    """Describe a person or, where DESKS has the name, an organisation."""
    desk = any(same_name(name, desk) for desk in settings["DESKS"])
    return {"@type": "Organization" if desk else "Person", "name": name}
