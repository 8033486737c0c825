"""The media types of the files of a site, the same on every machine."""

import mimetypes

# Python's own table, not the machine's.
TYPES = mimetypes.MimeTypes().types_map[1] | {
    ".avif": "image/avif",
    ".js": "text/javascript",
    ".webmanifest": "application/manifest+json",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}


def media_type(suffix: str) -> str:
    """Return the type of files with this ending, and the character set of texts.

    JSON has no such parameter (RFC 8259, section 11).
    """
    kind = TYPES.get(suffix.lower(), "application/octet-stream")
    text = kind.startswith("text/") or kind.endswith("xml")
    return f"{kind}; charset=utf-8" if text else kind
