"""The card of a story: every script, and no badge that was not earned."""

from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from types import SimpleNamespace

import pytest
import resvg_py
from conftest import ROOT
from lxml import etree, html
from PIL import Image, ImageChops

from newsroom import card_maker, cards
from newsroom.badge import Badge, State
from newsroom.cards import Card, card_of
from newsroom.ledger import Verdict
from newsroom.typesetting import NOT_FIRST, NOT_LAST, Setter, faces, is_rtl

TEMPLATE = (ROOT / "theme/templates/card.svg").read_text("utf-8")
HEADLINES = {
    "one word": "Fog",
    "usual": "Auditors and ministry differ over the harbour fund’s losses",
    "long": "After eleven hearings, two postponements and a power cut, " * 6,
    "one long word": "Hafenlichtelektrifizierungsgesellschaftsversammlungsprotokoll"
    * 2,
    "Chinese": "港口的灯光随潮汐亮起，老渔民说：“从来没有见过这样的夜晚”" * 2,
    "Japanese": "灯籠湾の新しい渡し船、試験航海を無事に終える。「静かでした」と船長。"
    * 2,
    "Korean": "등불만의 항구, 밀물과 함께 불을 밝히다",
    "Arabic": "ميناء خليج الفانوس يفتح رصيفه الجديد (2025) أمام Harbour القوارب",
    "Hebrew": "הנמל פותח רציף חדש לסירות קטנות",
    "Hindi": "बंदरगाह की नई गोदी छोटी नावों के लिए खुली",
    "Thai": "ท่าเรือเปิดท่าใหม่สำหรับเรือเล็กในวันจันทร์ที่ผ่านมา" * 3,
    "Greek and Russian": "Το λιμάνι ανοίγει: гавань открывает причал",
    "accents": "Crème brûlée, Zoë Ångstrøm-Łark & “R&D” <b>",
}
each_headline = pytest.mark.parametrize("headline", HEADLINES.values(), ids=HEADLINES)


def card(headline="Fog", **other) -> Card:
    """Return a card of this headline."""
    values = {
        "site": "The Fixture",
        "language": "en",
        "rtl": False,
        "section": "Harbour",
        "day": "2 August 2025",
        "state": "",
        "counts": (),
    }
    return Card(headline=headline, **values | other)


def png(drawing: Card, tmp_path) -> Image.Image:
    """Return a card as it is drawn."""
    card_maker.draw(drawing, TEMPLATE, tmp_path / "card.png")
    with Image.open(tmp_path / "card.png") as image:
        return image.convert("RGB")


def ink(image: Image.Image) -> tuple[int, int, int, int]:
    """Return the box of all that is not paper where the headline stands."""
    area = image.crop((0, card_maker.TOP - 8, 1200, card_maker.BOTTOM_WITHOUT + 20))
    paper = Image.new("RGB", area.size, area.getpixel((0, 0)))
    left, top, right, bottom = ImageChops.difference(area, paper).getbbox()
    return left, top + card_maker.TOP - 8, right, bottom + card_maker.TOP - 8


@each_headline
def test_a_headline_stays_within_its_place(headline, tmp_path):
    """No sign of it is outside the margins, or on the lines above or below."""
    image = png(card(headline), tmp_path)
    left, _, right, bottom = ink(image)
    assert image.size == (1200, 630)
    assert left >= card_maker.MARGIN - 6
    assert right <= 1200 - card_maker.MARGIN + 6
    assert bottom <= 562


@each_headline
def test_a_headline_is_whole_or_says_that_it_is_not(headline):
    """Its lines have all of its words in their order, or end in an ellipsis."""
    height = card_maker.BOTTOM_WITHOUT - card_maker.TOP
    found = Setter("en").fitted(headline, 1080, height, card_maker.SIZES)
    lines = ["".join(run.text for run in runs) for runs in found.lines]
    joined, whole = ("".join("".join(t).split()) for t in (lines, headline))
    assert joined == whole or (
        joined.endswith("…") and whole.startswith(joined.removesuffix("…"))
    )
    assert found.size == card_maker.SIZES[-1] or joined == whole
    assert not [line for line in lines if line[0] in NOT_FIRST or line[-1] in NOT_LAST]


@each_headline
def test_every_sign_has_a_face_that_draws_it(headline):
    """No headline shows an empty box; what no font has is left out."""
    for run in Setter("en").runs(headline):
        assert all(run.face.has(sign) for sign in run.text), run.face.family
    assert Setter("en").runs("Fog 🌊 \ue000") == Setter("en").runs("Fog  ")


@pytest.mark.parametrize("name", ["Arabic", "Hebrew"])
def test_a_headline_from_right_to_left_begins_at_the_right(name, tmp_path):
    """It stands at the right margin, on a site that goes the other way too."""
    left, _, right, _ = ink(png(card(HEADLINES[name]), tmp_path))
    assert 1200 - card_maker.MARGIN - 10 <= right <= 1200 - card_maker.MARGIN + 6
    assert left > card_maker.MARGIN + 20


def test_arabic_letters_are_joined_and_in_their_order():
    """A word is drawn as one: not as its letters apart, not from the left."""
    joined, apart = (
        len(etree.tostring(card_svg(text))) for text in ("ميناء", "م ي ن ا ء")
    )
    assert joined < apart
    width = Setter("ar").width
    assert width("ميناء", 1) < sum(width(letter, 1) for letter in "ميناء")
    svg = etree.tostring(card_svg("ميناء (2025) Harbour."), encoding="unicode")
    assert card_maker.EMBED in svg
    assert card_maker.POP in svg


def card_svg(headline: str) -> etree._Element:
    """Return a card's drawing."""
    return etree.fromstring(card_maker.drawn(card(headline), TEMPLATE)[0])


@pytest.mark.parametrize(
    ("language", "family"),
    [
        ("zh", "SC"),
        ("zh-CN", "SC"),
        ("zh-TW", "TC"),
        ("ko", "KR"),
        ("ja", "JP"),
        ("en", "JP"),
    ],
)
def test_signs_have_the_shape_of_the_sites_language(language, family):
    """One code point is drawn otherwise in China, Taiwan, Korea and Japan."""
    [run] = Setter(language).runs("直角")
    assert run.face.family == f"Noto Sans CJK {family}"
    assert len({face.family for face in faces(language)}) == len(faces(language))


def test_a_direction_is_that_of_the_first_letter():
    """Digits and signs have none."""
    assert is_rtl("(2025) ميناء harbour")
    assert not is_rtl("(2025) harbour ميناء")
    assert not is_rtl("2025")


def story(state: State, withdrawn=None) -> SimpleNamespace:
    """Return what a card needs of a story whose badge is `state`."""
    counts = {Verdict.CORROBORATED: 3, Verdict.DISPUTED: 1}
    return SimpleNamespace(
        badge=Badge(state),
        counts=counts,
        ledger=SimpleNamespace(withdrawn=withdrawn),
        category=SimpleNamespace(name="Harbour"),
        title="Fog",
        date=datetime(2025, 8, 2, tzinfo=UTC),
    )


SETTINGS = {"SITENAME": "A", "DEFAULT_LANG": "en", "TEXT_DIRECTION": "ltr"}


@pytest.mark.parametrize("state", State)
def test_only_an_earned_badge_is_on_a_card(state):
    """Its label never stands without the counts; any other is not shown at all."""
    found = card_of(story(state), SETTINGS)
    svg, _ = card_maker.drawn(found, TEMPLATE)
    assert ("3 corroborated, 1 disputed · 2 August 2025" in svg) is state.earned
    assert (svg.count('class="corroborated"'), svg.count('class="disputed"')) == (
        (3, 1) if state.earned else (0, 0)
    )
    assert ("Fact checked" in svg) is state.earned
    assert ("Withdrawn" in svg) is (state is State.WITHDRAWN)
    assert "2 August 2025" in svg


def test_a_headline_cannot_draw_a_badge():
    """Words are words: no markup of an author's becomes part of the card."""
    svg, _ = card_maker.drawn(card('<rect class="corroborated"/>'), TEMPLATE)
    assert 'class="corroborated"' not in svg


def test_a_card_is_the_same_wherever_it_is_drawn(tmp_path):
    """Only fonts of pinned packages are used, and two drawings are one file."""
    svg, fonts = card_maker.drawn(card(HEADLINES["Arabic"]), TEMPLATE)
    assert all("site-packages" in font for font in fonts)
    without = resvg_py.svg_to_bytes(svg_string=svg, skip_system_fonts=True)
    with (
        Image.open(BytesIO(bytes(without))) as image,
        pytest.raises(TypeError),  # there is no ink
    ):
        ink(image.convert("RGB"))
    digests = set()
    for name in "ab":
        card_maker.draw(card(HEADLINES["Arabic"]), TEMPLATE, tmp_path / name)
        digests.add(sha256((tmp_path / name).read_bytes()).hexdigest())
    assert len(digests) == 1


def test_every_story_has_a_card_and_names_it(fixture_site):
    """Networks are given the card, in its size, and its words."""
    pages = list(fixture_site.glob("[12]???/*/index.html"))
    assert len(pages) > 15
    for page in pages:
        tree = html.document_fromstring(page.read_bytes())
        [address] = tree.xpath("//meta[@property='og:image']/@content")
        assert address.endswith(f"/{page.parent.name}/card.png")
        assert tree.xpath("//meta[@property='og:image:alt']/@content") == [
            tree.findtext(".//h1")
        ]
        assert tree.xpath("//meta[@name='twitter:card']/@content") == [
            "summary_large_image"
        ]
        with Image.open(page.with_name("card.png")) as image:
            assert image.size == (1200, 630)


def test_a_site_without_cards_shows_its_pictures(build_content):
    """CARDS = False: no file, and no tag that names it."""
    output = build_content(CARDS=False)
    assert list(output.rglob("card.png")) == []
    page = html.parse(output / "2026/a-first-story/index.html")
    assert page.xpath("//meta[@property='og:image']") == []
    assert page.xpath("//meta[@name='twitter:card']/@content") == ["summary"]


def test_a_card_is_drawn_once(build_content, content, tmp_path, monkeypatch):
    """A build draws the cards that are new, and no other."""
    drawn = []
    draw = card_maker.draw
    monkeypatch.setattr(
        card_maker, "draw", lambda *values: [drawn.append(values[0]), draw(*values)]
    )
    cache = str(tmp_path / "cache")
    build_content(CACHE_PATH=cache)
    assert [found.headline for found in drawn] == ["A first story"]
    build_content(CACHE_PATH=cache)
    assert len(drawn) == 1
    file = content / "articles/2026/first/article.md"
    file.write_text(file.read_text().replace("A first story", "A better story"))
    build_content(CACHE_PATH=cache)
    assert [found.headline for found in drawn[1:]] == ["A better story"]


def test_many_cards_are_drawn_on_every_processor(
    build_content, content, tmp_path, monkeypatch
):
    """They are the same as those that are drawn one by one."""
    for number in range(3):
        folder = content / f"articles/2026/n{number}"
        folder.mkdir()
        (folder / "article.md").write_text(
            f"Title: Story {number}\nDate: 2026-01-02\nCategory: World\nAuthor: A\n"
            "Summary: S.\n\nText.\n"
        )

    def all_cards(cache: str) -> dict[str, bytes]:
        output = build_content(CACHE_PATH=str(tmp_path / cache))
        return {p.parent.name: p.read_bytes() for p in output.rglob("card.png")}

    one_by_one = all_cards("one")
    monkeypatch.setattr(cards, "WORTH", 1)
    assert all_cards("many") == one_by_one
    assert len(one_by_one) == 4
