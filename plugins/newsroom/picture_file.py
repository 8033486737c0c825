"""What a picture file is by its content, and what keeps it from being published."""

from dataclasses import dataclass
from pathlib import Path

# Pixels from which a picture is refused: decoded, it would take 120 MB and more.
TOO_MANY = 40_000_000
# In pixels: WebP has none longer.
LONGEST_SIDE = 16_383
# Widths in pixels: a phone's column, that of a sharp phone, and a sharp desktop's.
WIDTHS = (480, 960, 1600)

# How each type begins. https://mimesniff.spec.whatwg.org/#matching-an-image-type-pattern
STARTS = {
    "JPEG": (b"\xff\xd8\xff",),
    "PNG": (b"\x89PNG\r\n\x1a\n",),
    "GIF": (b"GIF87a", b"GIF89a"),
    "TIFF": (b"II*\0", b"MM\0*", b"IIRO\x08\0", b"IIU\0", b"FUJIFILMCCD"),
    "JPEG XL": (b"\xff\x0a", b"\0\0\0\x0cJXL "),
    "JPEG 2000": (b"\0\0\0\x0cjP  ",),
    "Photoshop": (b"8BPS\0\1",),
}
# The brands of ISO media files: https://mp4ra.org/registered-types/brands
BRANDS = {
    "AVIF": (b"avif", b"avis"),
    "HEIC": (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"crx "),
}
ENDINGS = {
    "JPEG": (".jpg", ".jpeg"),
    "PNG": (".png",),
    "GIF": (".gif",),
    "WebP": (".webp",),
    "AVIF": (".avif",),
    "SVG": (".svg",),
    "TIFF": (".tif", ".tiff", ".dng", ".nef", ".cr2", ".arw", ".orf", ".rw2", ".raf"),
    "HEIC": (".heic", ".heif", ".cr3"),
    "JPEG XL": (".jxl",),
    "JPEG 2000": (".jp2",),
    "Photoshop": (".psd",),
    "compressed SVG": (".svgz",),
}
BY_ENDING = {ending: kind for kind, all_ in ENDINGS.items() for ending in all_}
# What every browser shows, and what is known how to clean.
SHOWN = ("JPEG", "PNG", "GIF", "WebP", "AVIF", "SVG")


class UnusableError(Exception):
    """A picture cannot be published; the message says why, and what to do."""


@dataclass(frozen=True)
class Picture:
    """A picture as it is shown: upright, `width` by `height` pixels."""

    kind: str
    width: int
    height: int
    # The format that every browser reads: "jpg" or "png"; "" for a drawing (SVG).
    plain: str

    @property
    def widths(self) -> tuple[int, ...]:
        """The widths it is published in, ascending: never more than it has."""
        if not self.plain:
            return ()
        widest = min(self.width, WIDTHS[-1])
        return (*(width for width in WIDTHS if width < widest), widest)

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats it is published in, the best first."""
        return ("avif", "webp", self.plain) if self.plain else ()

    @property
    def widest(self) -> str:
        """What the name of its widest plain file adds to its own."""
        return ending(self.widths[-1], self.plain) if self.plain else ""

    @property
    def endings(self) -> list[str]:
        """What the names of all its files add to its own."""
        return [ending(w, form) for form in self.formats for w in self.widths]


def ending(width: int, form: str) -> str:
    """Return what the file of `width` and format `form` adds to a picture's name.

    It follows the whole name, so that a.jpg and a.png beside each other stay apart.
    """
    return f"-{width}.{form}"


def kind_of(path: Path) -> str | None:
    """Return the type of a picture; None for another file.

    Raises UnusableError where the content is not what the name says, or is of a type
    that not every browser shows and nobody takes the hidden data out of.
    """
    named = BY_ENDING.get(path.suffix.lower())
    with path.open("rb") as file:
        found = _sniffed(file.read(32))
    if named in {"SVG", "compressed SVG"} and found is None:
        found = named  # its reader says whether it is one
    if named is None and found is None:
        return None
    if named != found:
        raise UnusableError(_mismatch(named, found))
    if named not in SHOWN:
        raise UnusableError(
            f"is {_a(named)} file, which browsers do not show and whose hidden data "
            "(place, camera, names) would go out with it; save it as JPEG or PNG"
        )
    return named


def _mismatch(named: str | None, found: str | None) -> str:
    if found is None:
        return f"is no {named} picture, as its name says; save it anew"
    said = f"not {_a(named)}, as its name says" if named else "and is not named so"
    if found in SHOWN:
        return f"is {_a(found)} file, {said}; rename it to end in {ENDINGS[found][0]}"
    return f"is {_a(found)} file, {said}; save it as JPEG or PNG"


def _a(kind: str | None) -> str:
    return f"an {kind}" if kind in {"AVIF", "SVG"} else f"a {kind}"


def _sniffed(start: bytes) -> str | None:
    """Return the type of a picture that begins with `start`."""
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "WebP"
    if start[4:8] == b"ftyp":
        brands = start[8:12], *(start[at : at + 4] for at in range(16, 32, 4))
        return next(
            (kind for kind, own in BRANDS.items() if any(b in own for b in brands)),
            None,
        )
    return next((kind for kind, all_ in STARTS.items() if start.startswith(all_)), None)
