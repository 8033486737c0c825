"""What becomes of a picture: its sizes, its words, and what stays behind."""

import sys
from io import BytesIO
from pathlib import Path

import pytest
from conftest import SETTINGS
from lxml import html
from photographs import GPS, ORIENTATION, PNG, SECRETS, photograph
from PIL import Image

from newsroom import drawing, picture_file, picture_maker
from newsroom.build import build
from newsroom.picture_file import LONGEST_SIDE, Picture, UnusableError
from newsroom.picture_shelf import Shelf
from newsroom.pictures import markup

STORY = """\
Title: A first story
Date: 2026-01-02
Category: World
Author: A Reporter
Summary: What happened.
Image: lead.jpg
Alt: A red half and a blue one
Caption: The halves on Monday.
Credit: A. P.

A [file](linked.jpg) to fetch.

![The same <halves>](body.jpg "Again & again"){credit="B. P."}

[![A third](third.png){credit="C. P."}](third.png)
"""
KINDS = ("JPEG", "PNG", "GIF", "WebP", "AVIF")


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Path:
    """Build a site with a picture of each kind, each with all that hides in pictures.

    Those in quiet.* are in the story's folder and not in the story.
    """
    content = tmp_path_factory.mktemp("content")
    story = content / "articles/first/article.md"
    story.parent.mkdir(parents=True)
    story.write_text(STORY)
    (content / "extra").mkdir()
    (content / "pages").mkdir()
    for name in ("lead.jpg", "linked.jpg", "body.jpg"):
        (story.parent / name).write_bytes(photograph("JPEG", 1800, 900, 6))
    (story.parent / "third.png").write_bytes(photograph("PNG"))
    for kind in KINDS:
        ending = picture_file.ENDINGS[kind][0]
        (story.parent / f"quiet{ending}").write_bytes(photograph(kind, orientation=6))
    (content / "extra/office.png").write_bytes(photograph("PNG"))
    for name in ("favicon.svg", "favicon.ico", "apple-touch-icon.png", "icon-192.png"):
        source = Path(SETTINGS).parent / "content/extra" / name
        (content / "extra" / name).write_bytes(source.read_bytes())
    (content / "extra/icon-512.png").write_bytes(PNG)
    (content / "pages/about.md").write_text(
        "Title: About\nSummary: Us.\n\n"
        '![Office]({static}/extra/office.png){credit="D. P."}\n'
    )
    output = tmp_path_factory.mktemp("site") / "output"
    build(SETTINGS, PATH=str(content), OUTPUT_PATH=str(output))
    return output


@pytest.fixture(scope="module")
def story(site) -> html.HtmlElement:
    """Return the page of that story."""
    page = site / "2026/a-first-story/index.html"
    return html.document_fromstring(page.read_bytes())


def published(site: Path) -> list[Path]:
    """Return every picture of a site but the drawings and the .ico."""
    kinds = {*picture_file.BY_ENDING} - {".svg"}
    return [path for path in site.rglob("*") if path.suffix in kinds]


def test_nothing_that_hides_in_a_picture_is_published(site):
    """No position, camera, name, profile, comment, XMP, IPTC, or byte after the end.

    Not in a file that is shown, offered, linked, or that merely lies in the folder.
    """
    pictures = published(site)
    assert len(pictures) > 30
    assert {path.suffix for path in pictures if path.stem == "quiet"} == {
        picture_file.ENDINGS[kind][0] for kind in KINDS
    }
    for path in pictures:
        data = path.read_bytes()
        assert not [secret for secret in SECRETS if secret in data], path
        assert not [mark for mark in (b"Exif\0", b"xmpmeta", b"8BIM") if mark in data]
        with Image.open(path) as image:
            image.load()
            assert not image.getexif().get_ifd(GPS), path
            assert dict(image.getexif()) == {}, path
            known = {"jfif", "jfif_version", "jfif_unit", "jfif_density", "loop"}
            known |= {"progressive", "progression", "version", "background"}
            known |= {"duration", "timestamp", "transparency"}
            assert set(image.info) - known == set(), path


def test_the_test_pictures_do_hide_all_that():
    """Each secret is in at least one of the pictures, and the position in four."""
    data = {kind: photograph(kind, orientation=6) for kind in KINDS}
    assert [s for s in SECRETS if not any(s in d for d in data.values())] == []
    for kind in set(KINDS) - {"GIF"}:
        with Image.open(BytesIO(data[kind])) as image:
            assert image.getexif().get_ifd(GPS)[1] == "N"
            assert image.getexif()[ORIENTATION] == 6


@pytest.mark.parametrize("name", ["lead.jpg", "linked.jpg", "lead.jpg-900.avif"])
def test_a_picture_stands_as_it_was_held(site, name):
    """Orientation 6 is a quarter turn: what was left is above, and wide is high."""
    with Image.open(site / "2026/a-first-story" / name) as image:
        assert image.size == (900, 1800)
        red, _, blue = image.convert("RGB").getpixel((450, 300))
        assert red > blue + 100
        red, _, blue = image.convert("RGB").getpixel((450, 1500))
        assert blue > red + 100


def test_a_picture_comes_in_three_formats_and_the_widths_it_has(story, site):
    """AVIF, then WebP, then JPEG, each with its widths; and every file is there."""
    [lead] = story.xpath("//figure[@class='lead']//picture")
    sets = lead.xpath(".//@srcset")
    assert lead.xpath(".//source/@type") == ["image/avif", "image/webp"]
    assert [choice.split(",") for choice in sets] == [
        [f"lead.jpg-480.{form} 480w", f"lead.jpg-900.{form} 900w"]
        for form in ("avif", "webp", "jpg")
    ]
    assert len(set(lead.xpath(".//@sizes"))) == 1
    for file in ",".join(sets).split(","):
        name, width = file.split()
        with Image.open(site / "2026/a-first-story" / name) as image:
            assert image.width == int(width.removesuffix("w"))
            assert image.height == 2 * image.width
            assert image.format == {"jpg": "JPEG"}.get(
                name.rpartition(".")[2], name.rpartition(".")[2].upper()
            )


def test_the_first_picture_is_not_waited_for_and_the_others_are(story):
    """The lead is fetched at once and first, the others when they come near."""
    lead, *others = story.xpath("//img")
    assert lead.get("fetchpriority") == "high"
    assert "loading" not in lead.attrib
    assert [image.get("loading") for image in others] == ["lazy", "lazy"]
    assert not any("fetchpriority" in image.attrib for image in others)


def test_a_picture_has_its_place_before_it_comes(story):
    """Width and height are those of the file in src, so that no text jumps."""
    sizes = [
        (i.get("src"), i.get("width"), i.get("height")) for i in story.xpath("//img")
    ]
    assert sizes == [
        ("lead.jpg-900.jpg", "900", "1800"),
        ("body.jpg-900.jpg", "900", "1800"),
        ("third.png-640.png", "640", "400"),
    ]


def test_caption_and_credit_are_shown_and_the_rest_is_said(story):
    """Both stand below the picture; the words for those who do not see it are alt."""
    captions = [caption.text_content() for caption in story.xpath("//figcaption")]
    assert captions == [
        "The halves on Monday. A. P.",
        "Again & again B. P.",
        "C. P.",
    ]
    assert story.xpath("//figcaption/small/text()") == ["A. P.", "B. P.", "C. P."]
    assert story.xpath("//img/@alt") == [
        "A red half and a blue one",
        "The same <halves>",
        "A third",
    ]


def test_a_picture_can_lead_to_its_whole_file(story):
    """A picture within a link is still a figure."""
    [link] = story.xpath("//figure/a[picture]/@href")
    assert link == "third.png"


def test_a_page_shows_a_picture_of_extra(site):
    """It is found from the page's own folder."""
    page = html.document_fromstring((site / "about/index.html").read_bytes())
    assert page.xpath("//img/@src") == ["../office.png-640.png"]
    assert (site / "office.png-640.png").exists()


def test_what_is_only_in_the_folder_is_not_offered_in_sizes(site):
    """It is published clean, and nothing is made that no page asks for."""
    names = {path.name for path in site.glob("2026/a-first-story/quiet*")}
    assert names == {f"quiet{picture_file.ENDINGS[kind][0]}" for kind in KINDS}


def test_a_picture_is_made_once(tmp_path, monkeypatch):
    """Taken again from the shelf, it is the same file, and nothing is decoded."""
    path = tmp_path / "a.jpg"
    path.write_bytes(photograph("JPEG"))
    shelf = Shelf(tmp_path / "shelf")
    made = shelf.take(path)
    shelf.offer(path, made)
    before = {file: file.stat() for file in shelf.folder.rglob("*") if file.is_file()}
    assert len(before) == 2 + 2 * 3

    def decode(*_: object) -> None:
        raise AssertionError("made again")

    monkeypatch.setattr(picture_maker, "cleaned", decode)
    monkeypatch.setattr(picture_maker, "renditions", decode)
    again = Shelf(shelf.folder).take(path)
    shelf.offer(path, again)
    assert again == made
    assert before == {file: file.stat() for file in before}
    path.write_bytes(photograph("JPEG", 641))
    with pytest.raises(AssertionError, match="made again"):
        shelf.take(path)


def test_a_build_that_has_nothing_to_make_does_not_load_the_library(
    content, build_content, tmp_path
):
    """The second build of a site with pictures never imports Pillow."""
    story = content / "articles/2026/first/article.md"
    story.write_text(STORY.replace("third.png", "body.jpg"))
    for name in ("lead.jpg", "linked.jpg", "body.jpg"):
        (story.parent / name).write_bytes(photograph("JPEG"))
    cache = str(tmp_path / "cache")
    build_content(CACHE_PATH=cache)
    mine = [name for name in sys.modules if name.partition(".")[0] == "PIL"]
    kept = {name: sys.modules.pop(name) for name in [*mine, "newsroom.picture_maker"]}
    try:
        build_content(CACHE_PATH=cache)
        assert "PIL" not in sys.modules
    finally:
        sys.modules.update(kept)


@pytest.mark.parametrize("kind", KINDS)
def test_a_picture_is_made_the_same_each_time(kind):
    """Two makings are byte for byte one."""
    data = photograph(kind, 1700, 300)
    one, two = (picture_maker.cleaned(data, kind) for _ in "12")
    assert one == two
    picture = one[1]
    assert dict(picture_maker.renditions(data, picture)) == dict(
        picture_maker.renditions(data, picture)
    )


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "I;16"])
def test_every_kind_of_png_is_shown(mode):
    """Of one bit, of grey, of a palette, transparent, and of sixteen bits."""
    grey = Image.linear_gradient("L").resize((600, 20))
    image = sixteen_bits(grey) if mode == "I;16" else grey.convert(mode)
    seen = grey if mode == "I;16" else image.convert("L")
    file = BytesIO()
    image.save(file, "PNG")
    content, picture = picture_maker.cleaned(file.getvalue(), "PNG")
    assert (picture.width, picture.plain) == (600, "png")
    assert content.startswith(b"\x89PNG")
    offered = dict(picture_maker.renditions(file.getvalue(), picture))
    assert len(offered) == 6
    for data in (content, offered[picture.widest]):
        with Image.open(BytesIO(data)) as shown:
            assert shown.convert("L").tobytes() == seen.tobytes()


def sixteen_bits(grey: Image.Image) -> Image.Image:
    """Return the same picture as scanners and scientists save it."""
    return grey.convert("I").point(lambda value: value * 257).convert("I;16")


def test_what_is_clear_of_sixteen_bits_stays_clear():
    """The one grey that the file calls transparent is, and no other."""
    grey = Image.linear_gradient("L").resize((60, 20))
    clear = grey.getpixel((0, 10))
    file = BytesIO()
    sixteen_bits(grey).save(file, "PNG", transparency=clear * 257)
    content, _ = picture_maker.cleaned(file.getvalue(), "PNG")
    with Image.open(BytesIO(content)) as shown:
        alpha = shown.getchannel("A")
    assert alpha.tobytes() == bytes(255 * (value != clear) for value in grey.tobytes())


def test_a_printers_jpeg_is_shown_in_its_colours():
    """CMYK, which browsers show wrongly or not at all, becomes sRGB."""
    file = BytesIO()
    Image.new("CMYK", (60, 20), (0, 255, 255, 0)).save(file, "JPEG")
    content, _ = picture_maker.cleaned(file.getvalue(), "JPEG")
    with Image.open(BytesIO(content)) as image:
        red, green, blue = image.getpixel((30, 10))
    assert image.mode == "RGB"
    assert red > 200
    assert max(green, blue) < 60


@pytest.mark.parametrize(
    ("size", "widths"),
    [
        (1, (1,)),
        (480, (480,)),
        (481, (480, 481)),
        (1600, (480, 960, 1600)),
        (6000, (480, 960, 1600)),
    ],
)
def test_a_picture_is_never_made_larger(size, widths):
    """At most three widths, and none above its own."""
    assert Picture("JPEG", size, 10, "jpg").widths == widths


def test_one_pixel_less_than_too_many_is_enough():
    """The limit of 40 megapixels is where it says."""
    file = BytesIO()
    Image.new("1", (7999, 5000)).save(file, "PNG")
    assert picture_maker.cleaned(file.getvalue(), "PNG")[1].width == 7999


def test_a_side_is_as_long_as_any_form_can_be():
    """A picture that is longer is the author's matter, and said with its remedy."""
    files = []
    for height in (LONGEST_SIDE, LONGEST_SIDE + 1):
        files.append(BytesIO())
        Image.new("RGB", (3, height)).save(files[-1], "PNG")
    fits, too_long = (file.getvalue() for file in files)
    _, picture = picture_maker.cleaned(fits, "PNG")
    assert len(dict(picture_maker.renditions(fits, picture))) == 3
    with pytest.raises(UnusableError, match="3 by 16,384 pixels; save it with no"):
        picture_maker.cleaned(too_long, "PNG")


def test_markup_holds_any_words():
    """Neither an address nor a description can end its attribute."""
    tag = markup(Picture("JPEG", 9, 9, "jpg"), 'a"b.jpg', '"><b>', "100vw")
    [image] = html.fragment_fromstring(tag).iter("img")
    assert image.get("alt") == '"><b>'
    assert image.get("src") == 'a"b.jpg-9.jpg'


SVG = '<svg xmlns="http://www.w3.org/2000/svg" {}>{}</svg>'


@pytest.mark.parametrize(
    "inside",
    [
        '<a href="https://x.org"><path/></a>',
        '<animate attributeName="x"/>',
        '<set attributeName="onclick"/>',
        "<foreignObject/>",
        "<style>@import 'https://x.org'</style>",
        "<style>path{fill:url(https://x.org#a)}</style>",
        "<style>path{fill:\\75rl(a)}</style>",
        "<style>a{}<x xmlns='urn:x'/>@import 'https://x.org'</style>",
        "<style>a{}<g/>path{fill:url(https://x.org#a)}</style>",
        "<style>a{}<g>@import 'https://x.org'</g></style>",
        "<style>svg{background:image-set('https://x.org/a.png' 1x)}</style>",
        '<path style="fill:url(//x.org)"/>',
        "<path fill=\"url( 'a.svg#b' )\"/>",
        '<use href="b.svg#a"/>',
        '<image xlink:href="http://x.org/a.png" '
        'xmlns:xlink="http://www.w3.org/1999/xlink"/>',
        '<use href="data:image/svg+xml,&lt;svg/&gt;#a"/>',
        '<path OnLoad="x"/>',
    ],
)
def test_a_drawing_that_is_not_inert_is_refused(inside):
    """What runs, moves, links or fetches has no place in a drawing."""
    drawing.cleaned(SVG.format('viewBox="0 0 1 1"', "<path/>").encode())
    with pytest.raises(UnusableError):
        drawing.cleaned(SVG.format('viewBox="0 0 1 1"', inside).encode())


DRAWN = SVG.format('viewBox="0 0 1 1"', "<text>&a;</text>")
DEFINING = f"<!DOCTYPE svg [<!ENTITY a 'x'>]>{DRAWN}"
ELSEWHERE = f'<!DOCTYPE svg PUBLIC "a" "a.dtd">{DRAWN}'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("text", [DEFINING, ELSEWHERE], ids=["here", "elsewhere"])
def test_a_drawing_with_entities_is_refused(text, encoding):
    """Whatever it is encoded in, and wherever it has them defined."""
    with pytest.raises(UnusableError, match="entities"):
        drawing.cleaned(text.encode(encoding))


def test_a_drawing_may_say_what_it_is_and_how_it_looks():
    """A document type is no matter, nor is a style that is inert."""
    style = "<style>path{<!-- b -->fill:<![CDATA[url(#p)]]>}</style>"
    text = SVG.format('viewBox="0 0 1 1"', style)
    content, _ = drawing.cleaned(f'<!DOCTYPE svg PUBLIC "a" "a.dtd">{text}'.encode())
    assert b"<style>path{fill:url(#p)}</style>" in content


def test_a_drawing_does_not_tell_who_drew_it_where():
    """Comments, metadata and an editor's own elements and attributes stay behind."""
    text = '<?xml version="1.0"?><!-- /home/jane --><?jane?>' + SVG.format(
        'xmlns:i="http://inkscape.org/" i:file="/home/jane" width="4" height="3px"',
        '<metadata>jane</metadata><i:view a="jane"/>'
        '<g i:label="jane" fill="url(#p)"><!-- jane --><text>kept<i:x/> too</text>'
        '</g><use href="#p"/>',
    )
    content, picture = drawing.cleaned(text.encode())
    assert b"jane" not in content
    assert b"inkscape" not in content
    assert b"<text>kept too</text>" in content
    assert (picture.width, picture.height, picture.widths) == (4, 3, ())


@pytest.mark.parametrize("width", [4, 8])
def test_each_rendition_is_saved_from_a_picture_of_its_own(width):
    """Those made at once shared one, and a JPEG had the quality of a WebP at times."""
    image = Image.new("RGB", (8, 6))
    first, second = (picture_maker._sized(image, width) for _ in "12")
    assert len({id(image), id(first), id(second)}) == 3
