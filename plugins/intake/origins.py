"""Which pages the form may stand on: those of the site, and the service's own answer.

A browser says by Origin where a form was sent from; no page can change it (RFC 6454).
"""

from urllib.parse import urlsplit

PORTS = {"http": 80, "https": 443}


def origin_of(address: str) -> str | None:
    """Return the origin of a web address as browsers write it, or None."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in PORTS or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    suffix = "" if port in {None, PORTS[parts.scheme]} else f":{port}"
    return f"{parts.scheme}://{host}{suffix}"
