"""Makes of a photograph what is published: upright, in sRGB, without hidden data.

Nothing of the file is copied but its pixels, so whatever a camera or a program put
beside them (EXIF with its position, XMP, IPTC, a colour profile, a comment, bytes after
the end) stays behind. This module is loaded only when there is something to make.
"""

import os
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

from PIL import Image, ImageCms, ImageOps

from newsroom.picture_file import (
    LONGEST_SIDE,
    TOO_MANY,
    Picture,
    UnusableError,
    ending,
)

# Held against TOO_MANY instead, which is a mistake with a place and a remedy.
Image.MAX_IMAGE_PIXELS = None

# Qualities at which photographs look the same beside each other on a sharp screen.
# One thread each: how an encoder parts its work must not show in the bytes.
PHOTOGRAPH: dict[str, dict[str, Any]] = {
    "avif": {"format": "AVIF", "quality": 58, "speed": 6, "max_threads": 1},
    "webp": {"format": "WEBP", "quality": 78, "method": 4},
    "jpg": {"format": "JPEG", "quality": 80, "optimize": True, "progressive": True},
}
# Drawings and screens saved as PNG: hard edges, which loss would smear.
GRAPHIC: dict[str, dict[str, Any]] = {
    "avif": PHOTOGRAPH["avif"] | {"quality": 80, "subsampling": "4:4:4"},
    "webp": {"format": "WEBP", "lossless": True, "quality": 80, "method": 4},
    "png": {"format": "PNG", "optimize": True},
}
WHOLE: dict[str, dict[str, Any]] = {
    "JPEG": PHOTOGRAPH["jpg"] | {"quality": 90},
    "PNG": GRAPHIC["png"],
    "GIF": {"format": "GIF"},
    "WebP": PHOTOGRAPH["webp"] | {"quality": 90},
    "AVIF": PHOTOGRAPH["avif"] | {"quality": 80},
}


def cleaned(data: bytes, kind: str) -> tuple[bytes, Picture]:
    """Return the whole picture without hidden data, and its size.

    Raises UnusableError for one that is too large, moves, or cannot be read.
    """
    image = _opened(data, kind)
    upright = _upright(image, palette=kind in {"PNG", "GIF"})
    alpha = upright.has_transparency_data
    plain = "png" if kind in {"PNG", "GIF"} or alpha else "jpg"
    picture = Picture(kind, upright.width, upright.height, plain)
    return _saved(upright, WHOLE[kind]), picture


def renditions(data: bytes, picture: Picture) -> Iterator[tuple[str, bytes]]:
    """Yield ending and bytes of each file that a page offers of the picture."""
    image = _upright(_opened(data, picture.kind), palette=False)
    recipes = GRAPHIC if picture.plain == "png" else PHOTOGRAPH

    def encoded(task: tuple[int, str]) -> tuple[str, bytes]:
        width, form = task
        return ending(width, form), _saved(_sized(image, width), recipes[form])

    # The slowest first, so that no processor waits for it at the end.
    tasks = [(w, form) for w in reversed(picture.widths) for form in picture.formats]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield from pool.map(encoded, tasks)


def _sized(image: Image.Image, width: int) -> Image.Image:
    if width == image.width:
        # Pillow notes in a picture how it is being saved, and others save it meanwhile.
        return image.copy()
    height = max(1, round(image.height * width / image.width))
    return image.resize((width, height), Image.Resampling.LANCZOS)


def _opened(data: bytes, kind: str) -> Image.Image:
    """Return the decoded picture."""
    image: Image.Image = _readable(lambda: Image.open(BytesIO(data), formats=[kind]))
    if image.width * image.height >= TOO_MANY:
        raise UnusableError(
            f"has {image.width * image.height / 1_000_000:.0f} megapixels; save it "
            f"with less than {TOO_MANY // 1_000_000}"
        )
    if max(image.size) > LONGEST_SIDE:
        raise UnusableError(
            f"is {image.width:,} by {image.height:,} pixels; save it with no side "
            f"longer than {LONGEST_SIDE:,}, or part it"
        )
    # A phone's JPEG may carry a second view of the scene (MPO); it does not move.
    if image.format != "MPO" and getattr(image, "is_animated", False):
        raise UnusableError(
            "moves, and readers could not stop it (WCAG 2.2.2); save one frame of it, "
            "or link to a video"
        )
    _readable(image.load)
    return image


def _readable(read: Callable[[], Any]) -> Any:
    """Return what `read` does; a file that cannot be decoded is the author's matter."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd hidden data, which stays behind
            return read()
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise UnusableError("cannot be read to its end; save it anew") from error


def _upright(image: Image.Image, *, palette: bool) -> Image.Image:
    """Return the pixels as they are to be seen, in sRGB, and nothing beside them."""
    profile = image.info.get("icc_profile")
    transparency = image.info.get("transparency")
    image = ImageOps.exif_transpose(image)
    if profile or not (palette and image.mode in {"1", "L", "LA", "P", "RGB", "RGBA"}):
        image = _in_srgb(image, profile)
        transparency = None
    image.info = {} if transparency is None else {"transparency": transparency}
    return image


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    """Return the picture as RGB, or RGBA where parts of it are transparent."""
    if image.mode == "I;16":
        image = _in_eight_bits(image)
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if image.mode not in {"RGB", "RGBA", "CMYK", "L"} or mode == "RGBA":
        image = image.convert(mode)
    if profile:
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            converted = ImageCms.profileToProfile(
                image, source, ImageCms.createProfile("sRGB"), outputMode=mode
            )
        except (ImageCms.PyCMSError, OSError):
            converted = None  # a profile for another kind of picture, or a broken one
        if converted is not None:
            return converted
    return image.convert(mode)


def _in_eight_bits(image: Image.Image) -> Image.Image:
    """Return a picture of sixteen bits of grey in eight, from black to white."""
    # By itself Pillow scales nothing: what is above 255 of 65535 would all be white.
    grey = image.point(lambda value: value / 257 + 0.5).convert("L")
    if "transparency" in image.info:
        grey.info["transparency"] = round(image.info["transparency"] / 257)
    return grey


def _saved(image: Image.Image, recipe: dict[str, Any]) -> bytes:
    if recipe["format"] == "JPEG" and image.mode != "RGB":
        image = image.convert("RGB")
    file = BytesIO()
    image.save(file, **recipe)
    return file.getvalue()
