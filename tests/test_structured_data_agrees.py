"""What search engines are told of the evidence is what readers see of it."""

import json
import shutil
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from conftest import ROOT, SETTINGS, TESTS
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from lxml.html import HTMLParser, document_fromstring

from newsroom.build import build
from newsroom.problems import BuildFailedError
from newsroom.signature import of_article

SITE = "https://x.org/news"
TODAY = date(2026, 11, 22)
EPOCH = str(int(datetime.fromisoformat("2026-11-22T12:00:00+00:00").timestamp()))


# --- Reading pages --------------------------------------------------------------------


def tree(page):
    """Return the elements of a built page."""
    return document_fromstring(page.read_bytes(), HTMLParser(encoding="utf-8"))


def plain(text):
    """Return a text as it is seen: every run of spaces is one."""
    return " ".join(text.split())


def said(element):
    """Return what an element says."""
    return plain(element.text_content())


def graph(page):
    """Return the page's structured data by type, and hold that no value is empty."""
    [script] = page.xpath("//script[@type='application/ld+json']/text()")
    things = json.loads(script)["@graph"]
    return {thing["@type"].replace("Analysis", ""): thing for thing in things}


def values(data):
    """Yield every value of the data, at whatever depth."""
    for value in data.values() if isinstance(data, dict) else data:
        yield value
        if isinstance(value, dict | list):
            yield from values(value)


def corrections_on(page):
    """Return the (text, date) of each correction to be seen on a page."""
    return [
        (
            f"{said(item.find('.//del'))} {said(item.find('.//ins'))}",
            item.find(".//time").get("datetime"),
        )
        for item in page.find_class("correction")
    ]


def agrees(folder):
    """Hold that a story's data is what its page and its ledger's page show."""
    page, ledger = (tree(folder / name) for name in ("index.html", "ledger/index.html"))
    data = graph(page)
    article = data["NewsArticle"]
    assert (
        plain(article["headline"])
        == said(page.find(".//h1"))
        == said(ledger.find(".//h1"))
    )
    assert plain(article["description"]) == said(page.find_class("standfirst")[0])
    sources = [
        (said(item.find("b")), said(item.find("a")), item.find("a").get("href"))
        for item in ledger.find_class("sources")[0]
    ]
    assert [
        (plain(source["publisher"]), plain(source["name"]), source["url"])
        for source in article.get("citation", [])
    ] == sources
    corrections = [
        (plain(comment["text"]), comment["datePublished"])
        for comment in article.get("correction", [])
    ]
    assert corrections_on(page) == corrections_on(ledger) == corrections
    assert reviewed(article) == reviewed_on(page) == reviewed_on(ledger)
    review = claim_review(data)
    assert review == claim_review_on(page)
    assert (review is not None) == (
        is_fact_check(page) and reviewed(article) is not None
    )
    document = json.loads((folder / "ledger.json").read_text("utf-8"))
    if review:
        assert claim_on(ledger, document["review"]["claim"]).items() <= review.items()


def is_fact_check(page):
    """Whether a story's page says that it is one."""
    return said(page.xpath("//article//p[@class='kicker']")[0]).endswith("· Fact check")


def reviewed(article):
    """Return who reviewed an article and when, as its data says; or None."""
    page = article.get("mainEntityOfPage")
    return page and (plain(page["reviewedBy"]["name"]), page["lastReviewed"])


def reviewed_on(page):
    """Return who checked a story and when, as its panel says; None without a badge."""
    for panel in page.find_class("panel"):
        [state] = panel.find_class("state")
        if state.text.startswith("Fact checked"):
            [line] = panel.xpath("p[starts-with(., 'Checked by ')]")
            checker = plain(line.text).removeprefix("Checked by ").removesuffix(",")
            return checker, line.find("time").get("datetime")
    return None


def claim_review(data):
    """Return the words of a fact-check's data, or None."""
    if "ClaimReview" not in data:
        return None
    review = data["ClaimReview"]
    claim = review["itemReviewed"]
    return {
        "claim": plain(review["claimReviewed"]),
        "speaker": plain(claim["author"]["name"]),
        "said on": claim.get("datePublished"),
        "verdict": review["reviewRating"]["alternateName"],
        "appearance": claim["appearance"]["url"],
        "checked on": review["datePublished"],
    }


def claim_review_on(page):
    """Return the same words as a story's page shows them; None if no badge holds."""
    checked = reviewed_on(page)
    reviews = page.find_class("review")
    if not (checked and reviews):
        return None
    [review] = reviews
    kicker, claim, finding = review.iterfind("p")
    assert said(kicker) == "The claim"
    assert said(finding).startswith(f"Said by {said(finding.find('a'))}")
    times = finding.xpath("time/@datetime")
    return {
        "claim": said(claim),
        "speaker": said(finding.find("a")),
        "said on": times[0] if times else None,
        "verdict": said(finding.find("b")),
        "appearance": finding.find("a").get("href"),
        "checked on": checked[1],
    }


def claim_on(ledger, name):
    """Return the words of a claim as the ledger's page shows them."""
    entry = ledger.get_element_by_id(f"claim-{name}")
    number, _, claim = said(entry.find("h3")).partition(" ")
    assert number.isdigit()
    [speaker] = entry.xpath("p[starts-with(., 'Said by ')]")
    times = speaker.xpath("time/@datetime")
    return {
        "claim": claim,
        "speaker": plain(speaker.text).removeprefix("Said by ").removesuffix(","),
        "said on": times[0] if times else None,
        "verdict": said(entry.find("p/b")).removesuffix("."),
    }


def test_the_owners_data_agrees_with_the_owners_pages(owners_site):
    """Every story of this site with a ledger."""
    folders = [path.parent for path in owners_site.rglob("ledger.json")]
    assert folders
    for folder in folders:
        agrees(folder)
        data = graph(tree(folder / "index.html"))
        assert [value for value in values(data) if value in (None, "", [], {})] == []


# --- Stories that nobody thought of ---------------------------------------------------

# What would end an element, an attribute, a script, a string; and other scripts.
ODD = [
    "<b>",
    "</script>",
    "&amp;",
    '"',
    "'",
    "\\",
    "{{ x }}",
    "שלום",
    "é",
    "e\u0301",
    "  ",
]
TEXT = (
    st.lists(st.sampled_from(["one", "Two.", "3", *ODD]), min_size=1, max_size=4)
    .map(" ".join)
    .map(str.strip)
    .filter(bool)
)
DAY = st.dates(date(2016, 1, 1), TODAY)
URL = st.sampled_from(["", "?a=1&b=2", "/x'y", "#z", "/é"]).map(
    "https://example.org/{}".format
)


def maybe(strategy):
    """Return what `strategy` does, or None."""
    return st.none() | strategy


SOURCE = st.fixed_dictionaries(
    {
        "publisher": TEXT,
        "title": TEXT,
        "url": URL,
        "accessed": DAY,
        "kind": st.sampled_from(["wire", "press", "reference"]),
        "origin": TEXT,
        "date": maybe(DAY),
        "archived": maybe(URL),
    }
)
PRIMARY = SOURCE.map(lambda source: source | {"kind": "primary"})
# Verdicts, each with the stance of a primary source that earns it.
EARNED = {
    "corroborated": "supports",
    "attributed": "supports",
    "unproven": "qualifies",
    "inaccurate": "contradicts",
}
CLAIM = st.fixed_dictionaries(
    {
        "claim": TEXT,
        "verdict": st.sampled_from([*EARNED]),
        "note": TEXT,
        "said_by": TEXT,
        "said_on": maybe(DAY),
        "says": TEXT,
    }
)
CORRECTION = st.fixed_dictionaries(
    {"on": DAY, "was": TEXT, "now": TEXT, "why": TEXT, "verdict_changed": st.booleans()}
)
STORY = st.fixed_dictionaries(
    {
        "title": TEXT,
        "summary": TEXT,
        "kind": st.sampled_from(["news", "analysis", "fact-check", "fact-check"]),
        "claims": st.lists(CLAIM, min_size=1, max_size=3),
        "first": PRIMARY,
        "others": st.lists(SOURCE, max_size=2),
        "corrections": st.lists(CORRECTION, max_size=2),
        "by": TEXT,
        "on": DAY,
        "review_by": st.sampled_from([TODAY, TODAY, TODAY - timedelta(days=1)]),
        "signed": st.sampled_from([True, True, True, False]),
        "appearance": URL,
    }
)


def toml(name, values):
    """Write a table; what is None is left out."""
    lines = [
        f"{key} = {value if isinstance(value, date) else json.dumps(value)}"
        for key, value in values.items()
        if value is not None
    ]
    return "\n".join([name, *lines, ""])


def ledger_of(story, text):
    """Write the ledger of a story whose signature is `text`."""
    names = [f"source-{number}" for number in range(len(story["others"]) + 1)]
    sources = dict(zip(names, [story["first"], *story["others"]], strict=True))
    parts = [
        toml(
            "[check]",
            {key: story[key] for key in ("by", "on", "review_by")}
            | {"scope": "All.", "text": text if story["signed"] else "other"},
        ),
        *(toml(f"[sources.{name}]", source) for name, source in sources.items()),
    ]
    for number, claim in enumerate(story["claims"]):
        values = {key: value for key, value in claim.items() if key != "says"}
        parts.append(toml("[[claims]]", {"id": f"claim-{number}"} | values))
        stance = {"source": names[0], "stance": EARNED[claim["verdict"]]}
        parts.append(toml("[[claims.evidence]]", stance | {"says": claim["says"]}))
        for name in names[1:]:
            doubt = {"source": name, "stance": "qualifies", "says": claim["says"]}
            parts.append(toml("[[claims.evidence]]", doubt))
    parts += [toml("[[corrections]]", change) for change in story["corrections"]]
    if story["kind"] == "fact-check":
        review = {"claim": "claim-0", "appearance": story["appearance"]}
        parts.append(toml("[review]", review))
    return "\n".join(parts)


def article_of(story, number):
    """Write the article of a story: it marks every claim, the first one last."""
    marks = [f"[words](claim:claim-{n})" for n in range(len(story["claims"]))]
    return (
        f"Title: A {story['title']}\nDate: 2026-01-02\nCategory: World\n"
        f"Author: A Reporter\nKind: {story['kind']}\nSlug: story-{number}\n"
        f"Summary: A {story['summary']}\n\n{' '.join(reversed(marks))}\n"
    )


def site_of(folder, stories):
    """Build a site of made-up stories; return its output."""
    content = Path(shutil.copytree(TESTS / "minimal", folder / "content"))
    shutil.copytree(ROOT / "content/extra", content / "extra", dirs_exist_ok=True)
    for number, story in enumerate(stories):
        place = content / f"articles/2026/story-{number}"
        place.mkdir()
        article = article_of(story, number)
        (place / "article.md").write_text(article, "utf-8")
        signed = ledger_of(story, of_article(article)[0])
        (place / "ledger.toml").write_text(signed, "utf-8")
    output = folder / "output"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SOURCE_DATE_EPOCH", EPOCH)
        build(SETTINGS, PATH=str(content), OUTPUT_PATH=str(output), SITEURL=SITE)
    return output


def test_made_up_data_agrees_with_made_up_pages(tmp_path_factory):
    """Whatever a ledger says, markup and pages say it alike; all kinds were tried."""
    seen = set()

    # Without shrinking: each try is a build, and a story says itself what is wrong.
    @settings(max_examples=12, deadline=None, phases=[Phase.generate])
    @given(st.lists(STORY, min_size=4, max_size=6))
    def look(stories):
        output = site_of(tmp_path_factory.mktemp("made-up"), stories)
        for number, story in enumerate(stories):
            folder = output / f"2026/story-{number}"
            agrees(folder)
            article = graph(tree(folder / "index.html"))
            seen.add((story["kind"], "ClaimReview" in article))

    look()
    assert {("fact-check", True), ("news", False), ("fact-check", False)} <= seen


# --- What is only said where it is true -----------------------------------------------

PLAIN_SOURCE = {
    "publisher": "The Log",
    "title": "Log",
    "url": "https://log.example/",
    "accessed": TODAY,
    "kind": "primary",
    "origin": "Log",
}
FACT_CHECK = {
    "title": "story",
    "summary": "standfirst",
    "kind": "fact-check",
    "claims": [
        {
            "claim": "It was so.",
            "verdict": "inaccurate",
            "note": "It was not.",
            "said_by": "A Master",
            "said_on": date(2026, 1, 1),
            "says": "It was not.",
        }
    ],
    "first": PLAIN_SOURCE,
    "others": [],
    "corrections": [],
    "by": "A Checker",
    "on": TODAY,
    "review_by": TODAY,
    "signed": True,
    "appearance": "https://gazette.example/master",
}


def pages_of(folder, **changes):
    """Return the page and the ledger's page of a fact-check with changes."""
    output = site_of(folder, [FACT_CHECK | changes])
    story = output / "2026/story-0"
    return tree(story / "index.html"), tree(story / "ledger/index.html")


def with_claim(**changes):
    """Return the claims of the fact-check with changes to its one."""
    return [FACT_CHECK["claims"][0] | changes]


def test_a_fact_check_is_one_review_of_one_claim(tmp_path):
    """It has schema.org's words, each from its own place."""
    page, _ = pages_of(tmp_path)
    assert graph(page)["ClaimReview"] == {
        "@type": "ClaimReview",
        "url": f"{SITE}/2026/story-0/",
        "claimReviewed": "It was so.",
        "itemReviewed": {
            "@type": "Claim",
            "author": {"@type": "Thing", "name": "A Master"},
            "appearance": {
                "@type": "CreativeWork",
                "url": "https://gazette.example/master",
            },
            "datePublished": "2026-01-01",
        },
        "author": {"@id": f"{SITE}/#publisher"},
        "datePublished": "2026-11-22",
        "reviewRating": {"@type": "Rating", "alternateName": "Inaccurate"},
    }


def test_where_a_reviewed_claim_appeared_is_to_be_seen(tmp_path):
    """What search engines are told, a reader can look up."""
    links = [link for page in pages_of(tmp_path) for link in page.xpath("//a/@href")]
    assert "https://gazette.example/master" in links


def test_a_reviewed_claim_is_on_the_page_that_reviews_it(tmp_path):
    """The data is of the story's page, so its words are on it, not on another."""
    page, _ = pages_of(tmp_path)
    for words in ("It was so.", "A Master", "Inaccurate"):
        assert words in said(page.find(".//main"))


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "news"},
        {"kind": "analysis"},
        {"signed": False},
        {"review_by": TODAY - timedelta(days=1)},
        {"by": ""},
    ],
)
def test_no_other_story_is_a_review(tmp_path, changes):
    """A check that is not there, or no longer holds, is no review of anything."""
    page, ledger = pages_of(tmp_path, **changes)
    assert "ClaimReview" not in graph(page)
    assert "ClaimReview" not in graph(ledger)


def test_only_the_storys_page_is_a_review(tmp_path):
    """One page is about one claim; lists and the ledger's page are about none."""
    output = site_of(tmp_path, [FACT_CHECK])
    told = [
        page.relative_to(output).as_posix()
        for page in output.rglob("*.html")
        if "ClaimReview" in page.read_text("utf-8")
    ]
    assert told == ["2026/story-0/index.html"]


@pytest.mark.parametrize("speaker", ["A Reporter", "a reporter", "A  Reporter"])
def test_nobody_reviews_a_claim_of_their_own(tmp_path, speaker):
    """The build says so, and nothing is published."""
    with pytest.raises(BuildFailedError) as failure:
        pages_of(tmp_path, claims=with_claim(said_by=speaker))
    [problem] = failure.value.problems
    assert "wrote this story; a fact-check is of another's claim" in problem.message


@pytest.mark.parametrize("speaker", ["Standfirst", "Standfirst newsdesk", "STANDFIRST"])
def test_no_site_reviews_a_claim_of_its_own(tmp_path, speaker):
    """What the site or one of its desks said is its own, whoever signs the story."""
    with pytest.raises(BuildFailedError, match="another's claim"):
        pages_of(tmp_path, claims=with_claim(said_by=speaker))


def test_a_claim_of_no_known_day_has_none(tmp_path):
    """What is not known is left out, not null."""
    page, _ = pages_of(tmp_path, claims=with_claim(said_on=None))
    data = graph(page)
    assert "inLanguage" in data["NewsArticle"]
    assert [value for value in values(data) if value in (None, "", [], {})] == []


@pytest.mark.parametrize(
    ("checker", "type_"),
    [("A Checker", "Person"), ("Standfirst newsdesk", "Organization")],
)
def test_a_checker_is_what_an_author_is(tmp_path, checker, type_):
    """A person, unless the settings say that the name is a desk's."""
    page, _ = pages_of(tmp_path, by=checker, kind="news")
    reviewed = graph(page)["NewsArticle"]["mainEntityOfPage"]["reviewedBy"]
    assert reviewed == {"@type": type_, "name": checker}


@pytest.mark.parametrize(
    ("changes", "there"),
    [
        ({}, True),
        ({"signed": False}, False),
        ({"review_by": TODAY - timedelta(days=1)}, False),
        ({"by": "A Reporter"}, False),
    ],
)
def test_a_review_is_told_of_while_it_holds(tmp_path, changes, there):
    """A check that fell is none to search engines; the sources stay."""
    page, _ = pages_of(tmp_path, **{"kind": "news"} | changes)
    article = graph(page)["NewsArticle"]
    assert ("mainEntityOfPage" in article) == there
    assert len(article["citation"]) == 1


def test_a_story_without_a_ledger_tells_of_no_evidence(tmp_path):
    """Nothing is cited, corrected or reviewed where there is no ledger."""
    output = site_of(tmp_path, [])
    article = graph(tree(output / "2026/a-first-story/index.html"))["NewsArticle"]
    assert not {"citation", "correction", "mainEntityOfPage"} & article.keys()
