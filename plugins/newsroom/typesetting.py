"""Sets a headline in lines: the face of each sign, the breaks, the size that fits.

Nothing but the fonts of pinned packages is used, so that lines break alike everywhere.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.util import find_spec
from itertools import groupby
from pathlib import Path

import uharfbuzz as hb

CJK = "NotoSansCJK-VF.otf.ttc"
# The face of a language in that collection; signs of one code point differ by country.
CJK_OF = {
    **dict.fromkeys(("zh-tw", "zh-hant"), ("Noto Sans CJK TC", 3)),
    **dict.fromkeys(("zh-hk", "zh-mo"), ("Noto Sans CJK HK", 4)),
    "zh": ("Noto Sans CJK SC", 2),
    "ko": ("Noto Sans CJK KR", 1),
}
JAPANESE = ("Noto Sans CJK JP", 0)
# A line can begin before, and end after, each of these scripts' signs.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"  # Thai, Lao, Burmese, Khmer
    "\u2e80-\ua4cf\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
# https://www.w3.org/TR/jlreq/#characters_not_starting_a_line, …_not_ending_a_line
NOT_FIRST = frozenset(
    "、。，．：；！？）］｝」』】〉》〕’”ー々…‥・ぁぃぅぇぉっゃゅょァィゥェォッャュョ"
)
NOT_LAST = frozenset("（［｛「『【〈《〔‘“เแโใไ")
RTL = frozenset({"R", "AL"})
# Unicode categories of what is drawn with the sign before it.
MARKS = frozenset({"Mn", "Mc", "Me", "Cf"})


@dataclass(frozen=True)
class Face:
    """One face of the fonts, by the name that drawings call it."""

    family: str
    path: Path
    index: int = 0

    def has(self, sign: str) -> bool:
        """Whether the face can draw `sign`."""
        return _font(self).get_nominal_glyph(ord(sign)) is not None


@dataclass(frozen=True)
class Run:
    """Signs beside each other that one face draws."""

    face: Face
    text: str


@dataclass(frozen=True)
class Set:
    """A text as it is set: its lines, and the size of its type in pixels."""

    lines: tuple[tuple[Run, ...], ...]
    size: int


@dataclass(frozen=True)
class Setter:
    """Sets text of one language."""

    language: str

    def runs(self, text: str) -> tuple[Run, ...]:
        """Part `text` by the faces that draw it; what none can draw is left out."""
        return _runs(text, self.language)

    def width(self, text: str, size: float) -> float:
        """Return the pixels that `text` takes in one line."""
        return _width(text, self.language) * size

    def fitted(
        self, text: str, width: float, height: float, sizes: tuple[int, ...]
    ) -> Set:
        """Set `text` in the largest of `sizes` that fits; cut it off at the last."""
        size = sizes[-1]
        words = _words("".join(run.text for run in self.runs(text)))
        for size in sizes:
            lines = self._lines(words, width / size)
            if self.height(lines, size) <= height and self._whole(lines, width / size):
                return Set(self._balanced(words, lines, width / size), size)
        words = _torn(words, lambda word: _width(word, self.language) <= width / size)
        lines = self._lines(words, width / size)
        if self.height(lines, size) > height:
            lines = self._cut(
                lines, width / size, int(height / self.leading(text)) // size
            )
        return Set(tuple(map(self.runs, lines)), size)

    def leading(self, text: str) -> float:
        """Return the height of a line in sizes of its type: more for taller scripts."""
        return 1.16 if all(r.face == _latin() for r in self.runs(text)) else 1.34

    def height(self, lines: list[str], size: int) -> float:
        """Return the pixels that `lines` take."""
        return self.leading("".join(lines)) * size * len(lines)

    def _lines(self, words: list[str], width: float) -> list[str]:
        """Fill lines of `width`, in sizes of the type, with as many words as go in."""
        lines = [""]
        for word in words:
            longer = lines[-1] + word
            if not lines[-1] or _width(longer.rstrip(), self.language) <= width:
                lines[-1] = longer
            else:
                lines.append(word.lstrip())
        return [line.strip() for line in lines]

    def _whole(self, lines: list[str], width: float) -> bool:
        return all(_width(line, self.language) <= width for line in lines)

    def _balanced(
        self, words: list[str], lines: list[str], width: float
    ) -> tuple[tuple[Run, ...], ...]:
        """Set the lines as narrow as their number allows, so that none is short."""
        low, high = width / 2, width
        for _ in range(6):
            middle = (low + high) / 2
            tried = self._lines(words, middle)
            if len(tried) == len(lines) and self._whole(tried, middle):
                lines, high = tried, middle
            else:
                low = middle
        return tuple(map(self.runs, lines))

    def _cut(self, lines: list[str], width: float, most: int) -> list[str]:
        kept = lines[: max(1, most)]
        while len(kept[-1]) > 1 and _width(f"{kept[-1]}…", self.language) > width:
            kept[-1] = kept[-1][:-1].rstrip()
        return [*kept[:-1], f"{kept[-1]}…"]


def is_rtl(text: str) -> bool:
    """Whether the first letter of `text` that has a direction goes to the left."""
    directions = (unicodedata.bidirectional(sign) for sign in text)
    return next((d in RTL for d in directions if d in RTL or d == "L"), False)


@cache
def faces(language: str) -> tuple[Face, ...]:
    """Return the faces in the order in which they are asked for a sign."""
    scripts = [
        Face(re.sub(r"(?<!^)(?=[A-Z])", " ", path.name.partition("[")[0]), path)
        for path in sorted(_folder("manimgx_fonts").glob("NotoSans*.ttf"))
        if "Italic" not in path.name
    ]
    code = language.lower()
    family, index = next((CJK_OF[c] for c in CJK_OF if code.startswith(c)), JAPANESE)
    cjk = Face(family, _folder("manimgx_fonts_cjk") / CJK, index)
    return (_latin(), cjk, *scripts)


@cache
def _latin() -> Face:
    files = _folder("fontpkg_noto_serif") / "files"
    return Face("Noto Serif", files / "NotoSerif[wdth,wght].ttf")


def _folder(package: str) -> Path:
    """Return the folder of a package of fonts, whose code is not run."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"the fonts of {package} are not installed")
    return Path(spec.submodule_search_locations[0])


@cache
def _font(face: Face) -> hb.Font:
    blob = hb.Blob.from_file_path(str(face.path))
    font = hb.Font(hb.Face(blob, face.index))
    font.set_variations({"wght": 700})
    return font


@lru_cache(maxsize=512)
def _runs(text: str, language: str) -> tuple[Run, ...]:
    found: list[tuple[Face, str]] = []
    for sign in " ".join(text.split()):
        last = found[-1][0] if found else None
        if unicodedata.category(sign) in MARKS:
            face = last  # it belongs to the sign before it
        elif last and not sign.isalnum() and last.has(sign):
            face = last
        else:
            face = next((face for face in faces(language) if face.has(sign)), None)
        # Of two spaces around a sign that was left out, one is enough.
        if face and not (sign == " " and (not found or found[-1][1] == " ")):
            found.append((face, sign))
    if found and found[-1][1] == " ":
        found.pop()
    return tuple(
        Run(face, "".join(sign for _, sign in signs))
        for face, signs in groupby(found, key=lambda pair: pair[0])
    )


@lru_cache(maxsize=4096)
def _width(text: str, language: str) -> float:
    return sum(_advance(run) for run in _runs(text, language)) + (
        0.25 * (len(text) - len(text.strip()))
    )


def _advance(run: Run) -> float:
    """Return the width of a run, shaped, in sizes of its type."""
    font = _font(run.face)
    buffer = hb.Buffer()
    buffer.add_str(run.text)
    buffer.guess_segment_properties()
    hb.shape(font, buffer)
    advance = sum(glyph.x_advance for glyph in buffer.glyph_positions)
    return float(advance / font.face.upem)


def _words(text: str) -> list[str]:
    """Part `text` where a line may break; a space stays before its word."""
    words = [""]
    for sign in text:
        before = words[-1][-1:]
        breaks = sign == " " or (
            before not in {"", " "}
            and _begins(sign)
            and (UNSPACED.match(sign) or UNSPACED.match(before))
            and sign not in NOT_FIRST
            and before not in NOT_LAST
        )
        if breaks and words[-1]:
            words.append("")
        words[-1] += sign
    return words


def _torn(words: list[str], fits: Callable[[str], bool]) -> list[str]:
    """Break each word that is wider than a line, between any two of its signs."""

    def parts(word: str) -> Iterator[str]:
        part = ""
        for sign in word:
            if part.strip() and _begins(sign) and not fits(part + sign):
                yield part
                part = ""
            part += sign
        yield part

    return [part for word in words for part in parts(word)]


def _begins(sign: str) -> bool:
    """Whether `sign` can begin a line; some letters begin with a mark (Thai am)."""
    return unicodedata.category(unicodedata.normalize("NFKD", sign)[0]) not in MARKS
