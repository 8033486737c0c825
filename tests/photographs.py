"""Pictures that tests put into a site, with all that cameras and programs hide."""

from base64 import b64decode
from io import BytesIO

from PIL import Image, ImageCms, ImageDraw
from PIL.PngImagePlugin import PngInfo

# The smallest picture: one white pixel.
PNG = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTZ5igAAAABJ"
    "RU5ErkJggg=="
)
# What no published file may have in it.
SECRETS = (
    b"Secretcam",
    b"Secret Source",
    b"secret:rights",
    b"Secret caption",
    b"P3RGB",
)
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><a b="secret:rights"/></x:xmpmeta>'
IPTC = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x0e\x1c\x02\x78\0\x0eSecret caption"
GPS = 0x8825
ORIENTATION = 0x0112


def scene(width: int, height: int) -> Image.Image:
    """Return a picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", (width, height), (200, 30, 30))
    ImageDraw.Draw(image).rectangle(
        (width // 2, 0, width - 1, height - 1), (30, 30, 200)
    )
    return image


def exif(orientation: int = 1) -> Image.Exif:
    """Return what a telephone writes: itself, its owner, its position."""
    data = Image.Exif()
    data[0x010F], data[0x013B] = "Secretcam", "Secret Source"
    data[ORIENTATION] = orientation
    data.get_ifd(GPS).update({1: "N", 2: (35.0, 12.0, 42.0), 3: "E", 4: (48.0, 39, 12)})
    return data


def profile() -> bytes:
    """Return a colour profile that names its maker."""
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return icc.replace(b"sRGB built-in", b"P3RGB-builtin", 1) + b"P3RGB"


def photograph(
    kind: str, width: int = 640, height: int = 400, orientation: int = 1
) -> bytes:
    """Return a picture of `kind` with everything hidden in it that its format can."""
    hidden: dict[str, object] = {
        "exif": exif(orientation),
        "icc_profile": profile(),
    }
    if kind == "PNG":
        hidden["pnginfo"] = PngInfo()
        hidden["pnginfo"].add_text("Author", "Secret Source")
        hidden["pnginfo"].add_itxt("XML:com.adobe.xmp", XMP.decode())
    else:
        hidden["xmp"] = XMP
    if kind == "JPEG":
        hidden["comment"] = b"Secret Source"
    if kind == "GIF":
        hidden = {"comment": b"Secret Source"}
    file = BytesIO()
    scene(width, height).save(file, kind, **hidden)
    data = file.getvalue()
    if kind == "JPEG":
        app13 = b"\xff\xed" + (len(IPTC) + 2).to_bytes(2, "big") + IPTC
        data = data[:2] + app13 + data[2:]
    return data + b"Secret Source after the end"
