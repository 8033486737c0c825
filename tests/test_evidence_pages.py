"""What ledgers become: their pages and data, the site's logs, and a badge not typed."""

import json
import re
import shutil
import tomllib
from collections import Counter
from datetime import datetime
from pathlib import Path
from posixpath import dirname, join, normpath
from urllib.parse import unquote

import feedparser
import jsonschema
import pytest
from conftest import ROOT, SETTINGS, TESTS
from lxml import etree
from lxml.html import HTMLParser, document_fromstring

from newsroom.badge import State
from newsroom.build import build
from newsroom.ledger import Ledger, Verdict
from newsroom.problems import BuildFailedError
from newsroom.signature import of_article

SITE = "https://x.org/news"
NOON = str(int(datetime.fromisoformat("2026-11-22T12:00:00+00:00").timestamp()))
LABELS = {state.label for state in State if state.label}
HOW = "Title: How we check\nSummary: How.\n\nSo.\n"
CORRECTIONS = "Title: Corrections\nSummary: All.\n\nAll.\n"

# Every key that a ledger may have, and words that are no HTML.
LEDGER = """\
[check]
by = "A Checker & Co."
on = 2026-11-20
review_by = 2027-11-20
scope = "All that is <listed>."
method = "2026-11"
conflicts = "None"
text = ""

[sources.log]
publisher = "The <Harbour>"
title = "“Log” & more"
url = "https://harbour.example/log?a=1&b=2"
archived = "https://archive.example/log"
date = 2026-01-01
accessed = 2026-01-03
kind = "primary"
origin = "Harbour"

[sources.gazette]
publisher = "The Gazette"
title = "Late"
url = "https://gazette.example/late"
accessed = 2026-01-03
kind = "press"
origin = "A wire"

[[claims]]
id = "headline"
claim = "The headline’s <claim>."
verdict = "disputed"
note = "Some say so; some do not."
about = "the headline"
[[claims.evidence]]
source = "log"
stance = "supports"
says = "The log says so."
[[claims.evidence]]
source = "gazette"
stance = "contradicts"
says = "The Gazette does not."

[[claims]]
id = "second"
claim = "The second claim."
verdict = "attributed"
note = "He said so."
said_by = "A Master"
said_on = 2026-01-02
quote = "so it is"
[[claims.evidence]]
source = "gazette"
stance = "supports"
says = "“So it is,” he said."

[[claims]]
id = "first"
claim = "The first claim."
verdict = "corroborated"
note = "The log is primary."
[[claims.evidence]]
source = "log"
stance = "supports"
says = "As it was."
[[claims.evidence]]
source = "gazette"
stance = "qualifies"
says = "Nearly."
"""
CORRECTED = """
[[corrections]]
on = 2026-01-05
was = "Was <so>."
now = "Now & then."
why = "Why not."
claim = "first"
verdict_changed = true

[[corrections]]
on = 2026-01-04
was = "Was that."
now = "Now this."
why = "Therefore."
"""
WITHDRAWN = """
[withdrawn]
on = 2026-02-02
why = "It was never so."
"""
REVIEW = """
[review]
claim = "second"
appearance = "https://gazette.example/master"
"""
BODY = """\
It was [first](claim:first), and “[so it](claim:second) is”.

- Later [again](claim:first).
"""


def header(name, more=""):
    """Return the header of a story of this name."""
    return (
        f"Title: Story {name}\nDate: 2026-01-02\nCategory: World\nTags: Peace\n"
        f"Author: A Reporter\nSlug: {name}\nSummary: What {name} was.\n{more}\n"
    )


def add(content, name, ledger=LEDGER, *, more="", body=BODY):
    """Add a story, signed if its ledger has an empty signature."""
    folder = content / "articles/2026" / name
    folder.mkdir(parents=True, exist_ok=True)
    article = header(name, more) + (body if ledger else "No claim.\n")
    (folder / "article.md").write_text(article, "utf-8")
    if ledger:
        signed = ledger.replace('text = ""', f'text = "{of_article(article)[0]}"')
        (folder / "ledger.toml").write_text(signed, "utf-8")
    return folder


# A story's name; its ledger and what its header has more; the state that it earns.
STORIES = {
    "earned": (LEDGER, "", State.FACT_CHECKED),
    "corrected": (LEDGER + CORRECTED, "", State.CORRECTED),
    "checked": (LEDGER + REVIEW, "Kind: fact-check\n", State.FACT_CHECKED),
    "expired": (
        LEDGER.replace("2027-11-20", "2026-11-21"),
        "Kind: analysis\n",
        State.EXPIRED,
    ),
    "changed": (LEDGER.replace('text = ""', 'text = "0"'), "", State.CHANGED),
    "being": (LEDGER.replace("A Checker & Co.", ""), "", State.BEING_CHECKED),
    "withdrawn": (LEDGER + WITHDRAWN, "", State.WITHDRAWN),
    "opinion": (LEDGER, "Kind: opinion\n", State.NONE),
    "plain": ("", "", State.NONE),
    "zanzibar": (
        LEDGER.replace("first", "zanzibar") + CORRECTED.replace("first", "zanzibar"),
        "Status: draft\n",
        None,
    ),
    "madagascar": (LEDGER.replace("first", "madagascar"), "Status: draft\n", None),
}
HELD = [name for name, (*_, state) in STORIES.items() if state is None]
PUBLISHED = {name: state for name, (*_, state) in STORIES.items() if state is not None}
WITH_LEDGER = sorted({*PUBLISHED} - {"plain"})


def empty_site(folder):
    """Make a site without stories, with the pages that evidence is shown on."""
    content = Path(shutil.copytree(TESTS / "minimal", folder / "content"))
    shutil.copytree(ROOT / "content/extra", content / "extra", dirs_exist_ok=True)
    shutil.rmtree(content / "articles/2026/first")
    (content / "pages/how-we-check.md").write_text(HOW)
    (content / "pages/corrections.md").write_text(CORRECTIONS)
    return content


@pytest.fixture(scope="module")
def sites(tmp_path_factory):
    """Build a site with a story of each state, on 22 November 2026, in both ways."""
    folder = tmp_path_factory.mktemp("evidence")
    content = empty_site(folder)
    for name, (ledger, more, _) in STORIES.items():
        body = BODY.replace("claim:first", f"claim:{name}") if name in HELD else BODY
        add(content, name, ledger, more=more, body=body)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SOURCE_DATE_EPOCH", NOON)
        for way in ("relative", "published"):
            build(
                SETTINGS,
                PATH=str(content),
                OUTPUT_PATH=str(folder / way),
                SITEURL=SITE,
                RELATIVE_URLS=way == "relative",
            )
    return folder


@pytest.fixture(params=["relative", "published"])
def site(request, sites):
    """Return the output of each way of building."""
    return sites / request.param


@pytest.fixture(params=["owners", "relative", "published"])
def any_site(request, sites, owners_site):
    """Return the output of the owner's site and of each way of building."""
    return owners_site if request.param == "owners" else sites / request.param


@pytest.fixture
def made(tmp_path):
    """Return a function that builds a site of stories of its own."""
    content = empty_site(tmp_path)

    def run(**settings):
        output = tmp_path / "output"
        build(
            SETTINGS,
            PATH=str(content),
            OUTPUT_PATH=str(output),
            **{"SITEURL": SITE} | settings,
        )
        return output

    return content, run


def tree(page):
    """Return the elements of a built page."""
    return document_fromstring(page.read_bytes(), HTMLParser(encoding="utf-8"))


def said(element):
    """Return what an element says, with one space for many."""
    return " ".join(element.text_content().split())


def story(output, name):
    """Return a story's folder in the output."""
    return output / "2026" / name


def followed(output, page, link):
    """Return the page and the element that a link on a page leads to."""
    address, _, fragment = link.partition("#")
    if address.startswith(f"{SITE}/"):
        path = address.removeprefix(f"{SITE}/")
    else:
        folder = dirname(page.relative_to(output).as_posix())
        path = join(folder, address) if address else page.relative_to(output).as_posix()
    target = output / normpath(unquote(path))
    target = target / "index.html" if target.is_dir() else target
    found = tree(target).xpath("//*[@id=$id]", id=unquote(fragment))
    return target, found[0] if found else None


def pages(output):
    """Return every built page."""
    return sorted(output.rglob("*.html"))


# --- The page of a ledger -------------------------------------------------------------


def test_a_ledgers_page_shows_all_of_it(site):
    """Each claim with who said it and the evidence for and against, and each source."""
    page = tree(story(site, "corrected") / "ledger/index.html")
    ledger = Ledger.model_validate(tomllib.loads(LEDGER + CORRECTED))
    for claim in ledger.claims:
        entry = said(page.get_element_by_id(f"claim-{claim.id}"))
        shown = [
            claim.claim,
            f"{claim.verdict.capitalize()}. {claim.note}",
            *(f"{line.stance.capitalize()}: {line.says}" for line in claim.evidence),
            *(ledger.sources[line.source].publisher for line in claim.evidence),
            *filter(None, (claim.said_by, claim.quote)),
            *([f"About {claim.about}"] if claim.about else []),
        ]
        assert [words for words in shown if words not in entry] == []
    for name, source in ledger.sources.items():
        item = page.get_element_by_id(f"source-{name}")
        shown = [source.publisher, source.title, f"rests on {source.origin}"]
        shown.append(source.kind.capitalize())
        assert [words for words in shown if words not in said(item)] == []
        links = [*filter(None, (source.url, source.archived))]
        assert item.xpath(".//a/@href") == links
        days = [str(day) for day in (source.date, source.accessed) if day]
        assert item.xpath(".//time/@datetime") == days
    shown = [said(item) for item in page.find_class("correction")]
    assert shown == [
        "5 January 2026 · Changes a verdict Was <so>. Now & then. Why not.",
        "4 January 2026 Was that. Now this. Therefore.",
    ]
    assert page.xpath("//*[self::listed or self::harbour or self::claim]") == []


def test_claims_are_in_the_texts_order(site):
    """Those that the text marks come first, with its numbers, then the others."""
    page = tree(story(site, "earned") / "ledger/index.html")
    assert [said(heading) for heading in page.iter("h3")] == [
        "1 The first claim.",
        "2 The second claim.",
        "The headline’s <claim>.",
    ]


def test_evidence_leads_to_its_source(site):
    """Each line of evidence names its source, which is on the page."""
    page = story(site, "earned") / "ledger/index.html"
    for entry in tree(page).find_class("entry"):
        for line in entry.iterfind("ul/li"):
            [link] = line.xpath("a/@href")
            _, source = followed(site, page, link)
            assert line.findtext("a") in said(source)


@pytest.mark.parametrize("name", WITH_LEDGER)
def test_every_claim_is_reached_from_its_words_and_leads_back(site, name):
    """From the mark, and from its note, to the entry; from the entry to the mark."""
    page = story(site, name) / "index.html"
    story_ = tree(page)
    marks = story_.find_class("claim")
    reached = set()
    for link in [*marks, *story_.xpath("//details[@class='notes']//a")]:
        ledger, entry = followed(site, page, link.get("href"))
        assert ledger == story(site, name) / "ledger/index.html"
        assert entry.get("id") == link.get("href").partition("#")[2]
        reached.add(entry.get("id"))
        [back] = entry.xpath(".//a[text()='Back to the words']/@href")
        target, words = followed(site, ledger, back)
        assert target == page
        assert words.get("class") == "claim"
        assert words.findtext("sup") == said(entry.find("h3")).partition(" ")[0]
    listed = set(tree(page.parent / "ledger/index.html").xpath("//section/@id"))
    assert reached == {"claim-first", "claim-second"} == listed - {"claim-headline"}


@pytest.mark.parametrize("name", WITH_LEDGER)
def test_the_panel_leads_to_the_ledger(site, name):
    """The evidence is a link away from every badge, and a link back leads to it."""
    page = story(site, name) / "index.html"
    links = tree(page).xpath("//aside[@class='panel']/p/a/@href")
    if PUBLISHED[name] is State.NONE:
        assert links == []
        return
    ledger, _ = followed(site, page, links[0])
    assert ledger == page.parent / "ledger/index.html"
    [back] = tree(ledger).xpath("//h1/a/@href")
    assert followed(site, ledger, back)[0] == page


def test_a_claim_of_the_standfirst_leads_back_too(made):
    """A claim that only the standfirst marks is marked, and reached from its words."""
    content, run = made
    ledger = LEDGER.replace('about = "the headline"\n', "")
    folder = add(content, "one", "")
    article = header("one").replace("What one", "What [one](claim:headline)") + BODY
    (folder / "article.md").write_text(article, "utf-8")
    (folder / "ledger.toml").write_text(ledger, "utf-8")
    page = story(run(), "one") / "ledger/index.html"
    entry = tree(page).get_element_by_id("claim-headline")
    assert entry.xpath(".//a[contains(@href, '../')]") or "standfirst" in said(entry)


# --- The data -------------------------------------------------------------------------


def has_all(published, written):
    """Whether every key and value of `written` is in `published`."""
    if isinstance(written, dict):
        return all(has_all(published[key], value) for key, value in written.items())
    if isinstance(written, list):
        return len(published) == len(written) and all(map(has_all, published, written))
    return published == (written if isinstance(written, bool | str) else str(written))


@pytest.mark.parametrize("name", WITH_LEDGER)
def test_the_data_is_the_ledgers(site, name):
    """ledger.json has all that ledger.toml has, and reads back as the same ledger."""
    data = json.loads((story(site, name) / "ledger.json").read_text("utf-8"))
    written = tomllib.loads(STORIES[name][0])
    written["check"].pop("text")
    assert has_all(data, written)
    about = {key: data.pop(key) for key in ("$schema", "story", "headline", "badge")}
    assert about.pop("badge")["state"] == PUBLISHED[name]
    assert about == {
        "$schema": f"{SITE}/ledger.schema.json",
        "story": f"{SITE}/2026/{name}/",
        "headline": f"Story {name}",
    }
    written["check"]["text"] = data["check"]["text"]
    read = Ledger.model_validate_json(json.dumps(data))
    assert read == Ledger.model_validate(written)


@pytest.mark.parametrize("name", WITH_LEDGER)
def test_the_data_follows_its_schema(site, name):
    """The schema is published with the site, and is one."""
    schema = json.loads((site / "ledger.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    data = json.loads((story(site, name) / "ledger.json").read_text("utf-8"))
    jsonschema.validate(data, schema, jsonschema.Draft202012Validator)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda data: data["claims"][0].update(verdict="true"),
        lambda data: data["claims"][0]["evidence"][0].pop("says"),
        lambda data: data["sources"]["log"].update(url="nowhere"),
        lambda data: data.pop("badge"),
        lambda data: data.update(more=1),
    ],
)
def test_the_schema_refuses_what_is_no_ledger(site, spoil):
    """A program that checks what it reads can rely on the schema."""
    schema = json.loads((site / "ledger.schema.json").read_text("utf-8"))
    data = json.loads((story(site, "earned") / "ledger.json").read_text("utf-8"))
    spoil(data)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, schema)


def test_trust_counts_what_there_is(site):
    """Stories by badge, claims by verdict, corrections: of what is published."""
    trust = json.loads((site / "trust.json").read_text("utf-8"))
    counted = Counter(state or "none" for state in PUBLISHED.values())
    assert trust["badges"] == dict(counted)
    assert trust["stories"] == len(PUBLISHED) == sum(trust["badges"].values())
    assert trust["claims"] == {
        "corroborated": len(WITH_LEDGER),
        "attributed": len(WITH_LEDGER),
        "disputed": len(WITH_LEDGER),
        "unproven": 0,
        "inaccurate": 0,
    }
    assert trust["corrections"] == 2
    assert trust["url"] == f"{SITE}/"
    assert trust["scale"] == {word.value: word.definition for word in Verdict}
    assert trust["policies"] == {
        "publishingPrinciples": f"{SITE}/how-we-check/",
        "correctionsPolicy": f"{SITE}/corrections/",
        "ownershipFundingInfo": f"{SITE}/about/",
    }


def test_the_sitemap_has_the_pages_of_evidence(site):
    """Each ledger of a published story, and the index of claims, once."""
    addresses = etree.parse(site / "sitemap.xml").xpath(
        "//*[local-name()='loc']/text()"
    )
    ledgers = [address for address in addresses if address.endswith("/ledger/")]
    assert sorted(ledgers) == [f"{SITE}/2026/{name}/ledger/" for name in WITH_LEDGER]
    assert addresses.count(f"{SITE}/claims/") == 1
    assert len(addresses) == len(set(addresses))


# --- The site's logs ------------------------------------------------------------------


def test_the_index_has_every_claim_under_its_verdict(site):
    """Each leads to its entry; each verdict has its definition; none is left out."""
    page = site / "claims/index.html"
    shown = tree(page)
    headings = shown.xpath("//h2[@id]")
    assert [heading.get("id") for heading in headings] == [*map(str, Verdict)]
    found = Counter()
    for heading, verdict in zip(headings, Verdict, strict=True):
        assert said(heading) == f"{verdict.capitalize()} {verdict.definition}"
        for link in heading.getnext().iter("a"):
            ledger, entry = followed(site, page, link.get("href"))
            assert link.text in said(entry)
            assert entry.xpath("p/b/@class") == [verdict]
            found[ledger.parent.parent.name, entry.get("id")] += 1
    assert found == Counter(
        (name, f"claim-{claim}")
        for name in WITH_LEDGER
        for claim in ("first", "second", "headline")
    )


def test_the_index_says_how_many_claims_it_leaves_out(made):
    """A page of a hundred claims is long enough; the rest are counted, not lost."""
    content, run = made
    claim = LEDGER[LEDGER.index('[[claims]]\nid = "headline"') :]
    claim = claim[: claim.index("[[claims]]", 5)]
    more = "".join(claim.replace('"headline"', f'"more-{n}"') for n in range(100))
    add(content, "one", LEDGER + more)
    output = run()
    page = output / "claims/index.html"
    heading = tree(page).get_element_by_id("disputed")
    links = heading.getnext().xpath(".//a/@href")
    assert len(links) == 100
    assert all(followed(output, page, link)[1] is not None for link in links)
    assert "101" in said(heading.getnext().getnext())
    assert (
        len(tree(story(output, "one") / "ledger/index.html").find_class("entry")) == 103
    )


def test_the_index_shows_how_each_story_stands(site):
    """Every story with a ledger is there with its badge, if it earned one."""
    page = site / "claims/index.html"
    items = tree(page).xpath("//h2[text()='By story']/following-sibling::ul[1]/li")
    shown = {
        followed(site, page, item.xpath("a/@href")[0])[0].parent.name: item
        for item in items
    }
    assert sorted(shown) == WITH_LEDGER
    for name, item in shown.items():
        states = [state.text for state in item.find_class("state")]
        assert states == [PUBLISHED[name].label] * bool(PUBLISHED[name])


def test_the_log_has_every_correction_the_newest_first(site):
    """With its story, what was wrong, what is right, why and when."""
    page = site / "corrections/index.html"
    shown = tree(page)
    assert [said(item) for item in shown.find_class("correction")] == [
        "5 January 2026 · Changes a verdict Was <so>. Now & then. Why not.",
        "4 January 2026 Was that. Now this. Therefore.",
    ]
    for link in shown.xpath("//h3/a/@href"):
        assert followed(site, page, link)[0] == story(site, "corrected") / "index.html"
    [feed] = shown.xpath("//a[text()='Follow it as a feed']/@href")
    assert followed_file(site, page, feed) == site / "corrections.xml"


def followed_file(output, page, link):
    """Return the file that a link on a page leads to."""
    if link.startswith(f"{SITE}/"):
        return output / link.removeprefix(f"{SITE}/")
    return (page.parent / link).resolve()


def test_the_feed_of_corrections_is_an_atom_feed(site):
    """It follows RFC 4287's schema, and its entries are the log's."""
    etree.RelaxNG(file=TESTS / "schemas/atom.rng").assertValid(
        etree.parse(site / "corrections.xml")
    )
    feed = feedparser.parse((site / "corrections.xml").read_bytes())
    assert not feed.bozo
    assert [entry.title for entry in feed.entries] == ["Story corrected"] * 2
    assert [entry.updated[:10] for entry in feed.entries] == [
        "2026-01-05",
        "2026-01-04",
    ]
    assert feed.feed.updated[:10] == "2026-01-05"
    assert len({entry.id for entry in feed.entries}) == 2
    for entry in feed.entries:
        page, section = followed(site, site / "index.html", entry.link)
        assert page == story(site, "corrected") / "index.html"
        assert said(section).startswith("Corrections")
    assert "Was &lt;so&gt;" in feed.entries[0].content[0].value
    assert "Why not." in feed.entries[0].content[0].value


def test_a_correction_keeps_its_id(made):
    """A new correction makes no old one new to a feed's reader (RFC 4287, 4.2.6)."""
    content, run = made
    one = CORRECTED[CORRECTED.index("[[", 5) :]
    add(content, "one", LEDGER + one)
    [before] = feedparser.parse((run() / "corrections.xml").read_bytes()).entries
    add(content, "one", LEDGER + CORRECTED)
    after = feedparser.parse((run() / "corrections.xml").read_bytes()).entries
    assert {entry.id for entry in after if "this" in entry.summary} == {before.id}


def test_a_site_without_evidence_says_so(made):
    """Its logs are there, and empty; its feed is valid."""
    content, run = made
    add(content, "plain", "")
    output = run()
    assert "No story has a ledger yet." in said(tree(output / "claims/index.html"))
    assert "No story has been corrected." in said(
        tree(output / "corrections/index.html")
    )
    etree.RelaxNG(file=TESTS / "schemas/atom.rng").assertValid(
        etree.parse(output / "corrections.xml")
    )


def test_the_scale_is_explained_where_the_method_is(site):
    """Its definitions are those of the code, in its order."""
    page = tree(site / "how-we-check/index.html")
    pairs = zip(page.xpath("//dt/text()"), page.xpath("//dd/text()"), strict=True)
    assert [*pairs] == [(word.capitalize(), word.definition) for word in Verdict]


# --- The badge ------------------------------------------------------------------------


def counts_of(output, name):
    """Return a story's counts as they are to be read."""
    data = json.loads((story(output, name) / "ledger.json").read_text("utf-8"))
    found = Counter(claim["verdict"] for claim in data["claims"])
    return ", ".join(f"{found[word]} {word}" for word in Verdict if found[word])


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_story_shows_the_badge_that_it_earned(site, name):
    """The state, its counts, its checker and dates; nothing where there is none."""
    state = PUBLISHED[name]
    for page in ("index.html", "ledger/index.html"):
        if name == "plain" and page != "index.html":
            assert not (story(site, name) / page).exists()
            continue
        panels = tree(story(site, name) / page).find_class("panel")
        if state is State.NONE:
            assert panels == []
            continue
        [panel] = panels
        assert [element.text for element in panel.find_class("state")] == [state.label]
        assert f"3 claims: {counts_of(site, name)}." in said(panel)
        assert "All that is <listed>." in said(panel)
        checked = (
            "Checked by A Checker & Co., 20 November 2026; to be reviewed by "
            f"{'21 November 2026' if state is State.EXPIRED else '20 November 2027'}."
        )
        assert (checked in said(panel)) == state.complete
        assert ("It was never so." in said(panel)) == (state is State.WITHDRAWN)


def test_a_material_correction_stands_at_the_top(site):
    """The panel counts those that change a verdict, and leads to all at the foot."""
    page = story(site, "corrected") / "index.html"
    [panel] = tree(page).find_class("panel")
    [link] = panel.xpath(".//a[contains(text(), 'correction')]")
    assert said(link) == "1 material correction"
    _, section = followed(site, page, link.get("href"))
    assert len(section.find_class("correction")) == 2


LISTS = ("index.html", "archive/index.html", "2026/index.html")
TOPICS = ("category/world/index.html", "tag/peace/index.html")


@pytest.mark.parametrize("place", [*LISTS, *TOPICS, "author/a-reporter/index.html"])
def test_lists_show_the_badge_with_its_counts(site, place):
    """Each story of a list has the badge that it earned, and never the label alone.

    Of a check that fell, there is nothing to count.
    """
    page = site / place
    seen = {}
    for teaser in tree(page).find_class("teaser"):
        [link] = teaser.xpath("h2/a/@href | h3/a/@href")
        name = followed(site, page, link)[0].parent.name
        badges = teaser.find_class("state")
        seen[name] = [badge.text for badge in badges]
        for badge in badges:
            fell = PUBLISHED[name].fell
            assert badge.tail == (None if fell else f": {counts_of(site, name)}")
            assert bool(teaser.find_class("strip")) is not fell
    assert seen == {
        name: [PUBLISHED[name].label] * bool(PUBLISHED[name]) for name in seen
    }
    assert {*seen} == {*PUBLISHED} or place == "index.html"
    assert seen


def test_a_ledger_without_claims_counts_none(made):
    """A check that was only just begun shows no counts of nothing."""
    content, run = made
    add(content, "one", '[check]\nby = "A Checker"\n', body="No claim.\n")
    output = run()
    [panel] = tree(story(output, "one") / "index.html").find_class("panel")
    assert ": ." not in said(panel)
    [teaser] = tree(output / "archive/index.html").find_class("teaser")
    assert "Being checked:" not in said(teaser) or re.search(r": \w", said(teaser))


def test_a_withdrawn_story_says_since_when(site):
    """A reader is told what became of it, and on which day."""
    [panel] = tree(story(site, "withdrawn") / "index.html").find_class("panel")
    assert panel.xpath(".//time[@datetime='2026-02-02']")


@pytest.mark.parametrize(
    ("zone", "moment", "ok"),
    [
        ("UTC", "2026-11-19T23:59:59+00:00", False),
        ("UTC", "2026-11-20T00:00:00+00:00", True),
        ("Pacific/Auckland", "2026-11-19T12:00:00+00:00", True),
        ("Pacific/Honolulu", "2026-11-20T05:00:00+00:00", False),
    ],
)
def test_a_check_of_today_is_not_of_the_future(made, monkeypatch, zone, moment, ok):
    """The day of a build is the day that it is where the site is."""
    content, run = made
    add(content, "one")
    epoch = int(datetime.fromisoformat(moment).timestamp())
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(epoch))
    try:
        run(TIMEZONE=zone)
        problems = []
    except BuildFailedError as failure:
        problems = [problem.message for problem in failure.problems]
    assert problems == ([] if ok else ["on = 2026-11-20 is still to come"])


# --- What nobody may see --------------------------------------------------------------


@pytest.mark.parametrize("name", HELD)
def test_no_ledger_of_a_draft_is_published(site, name):
    """Its claims, its corrections and its data are in no file, nor in a file's name."""
    for path in site.rglob("*"):
        assert name not in path.name
        if path.is_file():
            assert name.encode() not in path.read_bytes().lower(), path


def test_a_preview_shows_the_ledger_of_a_draft(made):
    """Who writes sees the evidence before readers do; no log of the site has it."""
    content, run = made
    add(content, "zanzibar", LEDGER + CORRECTED, more="Status: draft\n")
    output = run(PREVIEW=True)
    ledger = tree(output / "drafts/zanzibar/ledger/index.html")
    assert len(ledger.find_class("entry")) == 3
    for page in ("claims/index.html", "corrections/index.html"):
        assert "zanzibar" not in (output / page).read_text("utf-8").lower()
    trust = json.loads((output / "trust.json").read_text("utf-8"))
    assert (trust["stories"], trust["corrections"]) == (0, 0)


def test_no_ledger_file_is_published(site):
    """What is published is the page and the data; notes in comments stay at home."""
    assert [*site.rglob("ledger.toml")] == []


# --- Nobody can type it ---------------------------------------------------------------

TYPED = {
    "headline": ("Title: Story one", "Title: Fact checked"),
    "headline with the panel": (
        "Title: Story one",
        'Title: <p class="state">Fact checked</p>',
    ),
    "standfirst": ("What one was.", '<b class="state">Fact checked</b>: 3 claims'),
    "tag": ("Tags: Peace", "Tags: Fact checked"),
    "section": ("Category: World", "Category: Fact checked"),
    "byline": ("Author: A Reporter", "Author: Fact checked by A Checker"),
    "dateline": ("Slug:", "Dateline: Fact checked\nSlug:"),
    "body": ("No claim.", "**Fact checked**\n\n## Fact checked"),
    "kind": ("Slug:", "Kind: fact-check\nSlug:"),
}


def shows_no_badge(output):
    """Whether no page has the badge's element, and the site's data no badge."""
    trust = json.loads((output / "trust.json").read_text("utf-8"))
    return trust["badges"] == {"none": 1} and not any(
        tree(page).find_class("state") or tree(page).find_class("panel")
        for page in pages(output)
    )


@pytest.mark.parametrize(("old", "new"), TYPED.values(), ids=TYPED)
def test_typing_the_label_earns_nothing(made, old, new):
    """Words of a header or a body are words, wherever and however they are written."""
    content, run = made
    article = add(content, "one", "") / "article.md"
    text = article.read_text("utf-8")
    assert old in text
    article.write_text(text.replace(old, new, 1), "utf-8")
    assert shows_no_badge(run())


@pytest.mark.parametrize("key", ["Badge", "State", "Fact-checked", "Ledger", "Checked"])
def test_no_key_of_a_header_is_the_badge(made, key):
    """A header that claims a check is refused."""
    content, run = made
    article = add(content, "one", "") / "article.md"
    article.write_text(f"{key}: Fact checked\n" + article.read_text("utf-8"), "utf-8")
    with pytest.raises(BuildFailedError, match=f'unknown key "{key}"'):
        run()


@pytest.mark.parametrize("table", ["badge", "state", "fact_checked"])
@pytest.mark.parametrize("place", ["", "[check]\n"])
def test_no_key_of_a_ledger_is_the_badge(made, table, place):
    """A ledger that claims a badge, rather than evidence, is refused."""
    content, run = made
    add(content, "one", f'{place}{table} = "fact checked"\n')
    with pytest.raises(BuildFailedError, match=f'unknown key "{table}"'):
        run()


@pytest.mark.parametrize(
    "body",
    [
        '<p class="state">Fact checked</p>',
        '<aside class="panel"><p class="state">Fact checked</p></aside>',
        "Fact checked\n{: .state }",
        "*Fact checked*{: .state }, by us.",
        '<div class="panel" markdown="1">\n*Fact checked*{.state}\n</div>',
        "<P CLASS=state>Fact checked</P>",
        '<p title=">" class="state">Fact checked</p>',
        '<p class="&#115;tate">Fact checked</p>',
        '<p class="> state">Fact checked</p>',
    ],
)
def test_no_body_draws_the_badge(made, body):
    """The badge's own look is refused in a text, or has no effect there."""
    content, run = made
    article = add(content, "one", "") / "article.md"
    article.write_text(header("one") + body + "\n", "utf-8")
    try:
        output = run()
    except BuildFailedError:
        return
    assert shows_no_badge(output)


@pytest.mark.parametrize("template", ["_masthead.html", "article.html", "list.html"])
def test_a_template_that_prints_the_label_prints_words(made, tmp_path, template):
    """A theme may say what it likes: the badge is an element that the panel makes."""
    content, run = made
    add(content, "one", "")
    theme = Path(shutil.copytree(ROOT / "theme", tmp_path / "theme"))
    path = theme / "templates" / template
    text = path.read_text("utf-8")
    if template == "_masthead.html":
        path.write_text(f"<p>Fact checked</p>{text}", "utf-8")
    else:
        path.write_text(text.replace("<h1>", "<p>Fact checked</p><h1>", 1), "utf-8")
    output = run(THEME=str(theme))
    assert any("Fact checked" in said(tree(page)) for page in pages(output))
    assert shows_no_badge(output)


def badges_on(page):
    """Return the labels on a page, each with the link of the story that it is about."""
    shown = tree(page)
    for state in shown.find_class("state"):
        around = [
            *state.xpath("ancestor::article[contains(@class, 'teaser')]"),
            *state.xpath("ancestor::li"),
        ]
        links = around[0].xpath(".//a/@href") if around else [""]
        yield state.text, links[0]


def test_every_badge_of_a_built_site_was_earned(any_site):
    """On every page, each badge is that of its story's evidence, and says no more."""
    earned = {}
    for data in any_site.rglob("ledger.json"):
        state = json.loads(data.read_text("utf-8"))["badge"]["state"]
        earned[data.parent] = state and state[0].upper() + state[1:]
    shown = Counter()
    for page in pages(any_site):
        for label, link in badges_on(page):
            target = followed(any_site, page, link)[0] if link else page
            folder = target.parent
            folder = folder.parent if folder.name == "ledger" else folder
            assert label == earned[folder], page
            shown[folder] += 1
    # On its page, its ledger's, and in a list at the least.
    assert all(shown[folder] >= 3 for folder, label in earned.items() if label)
    assert any(label.startswith("Fact checked") for label in earned.values())


def test_the_label_is_nowhere_else_in_the_sites_own_words(any_site):
    """Outside of badges, only a story's or a page's own words may have a label."""
    for page in pages(any_site):
        shown = tree(page)
        for drop in shown.xpath(
            "//*[contains(@class, 'state')] | //div[@class='body'] | //head"
            " | //*[@class='entry'] | //*[@class='correction'] | //h1 | //h2 | //h3"
            " | //p[@class='standfirst'] | //ul/li/a | //aside[@class='promise']"
        ):
            drop.drop_tree()
        assert [label for label in LABELS if label in said(shown)] == [], page


def test_the_owners_evidence_is_whole(owners_site):
    """Each claim of the text is marked, leads to its entry and back; all is valid."""
    schema = json.loads((owners_site / "ledger.schema.json").read_text("utf-8"))
    for data in owners_site.rglob("ledger.json"):
        document = json.loads(data.read_text("utf-8"))
        jsonschema.validate(document, schema)
        page = data.parent / "index.html"
        marked = {mark.get("id") for mark in tree(page).find_class("claim")} - {None}
        ledger = data.parent / "ledger/index.html"
        entries = {entry.get("id"): entry for entry in tree(ledger).find_class("entry")}
        assert len(entries) == len(document["claims"])
        for mark in tree(page).find_class("claim"):
            target, entry = followed(owners_site, page, mark.get("href"))
            assert target == ledger
            [back] = entry.xpath(".//a[text()='Back to the words']/@href")
            assert followed(owners_site, ledger, back)[0] == page
        for name in entries.keys() - marked:
            assert "About " in said(entries[name])
