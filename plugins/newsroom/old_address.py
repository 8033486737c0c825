"""An old address of a page, as its author types it, and the file that answers there."""

import re
from urllib.parse import unquote

from newsroom.device import DEVICE

INDEX = "index.html"
EXAMPLE = "/2015/old-name/"
# What means nothing else to a host's rules, a shell or a browser.
NAME = re.compile(r"[\w~!()+@=&-][\w.~!()+@=&-]*")
# Bytes: of a file's name on any disk, and of an address in Cloudflare's rules.
LONGEST_NAME, LONGEST = 255, 900


def place(typed: str) -> str:
    """Return where the page at the old address `typed` is saved, below the output.

    Raises ValueError with a sentence if no file of this site can answer there.
    """
    if re.match(r"[a-z][a-z0-9+.-]*:|//", typed, re.IGNORECASE):
        raise ValueError(
            f'"{typed}" leaves the site; write the old address from its root: {EXAMPLE}'
        )
    if "?" in typed or "#" in typed:
        raise ValueError(
            f'"{typed}" has a ? or #, and no file can answer what follows one; only '
            "rules of your host's own can redirect it"
        )
    path = unquote(typed, errors="replace").removeprefix("/")
    names = path.removesuffix("/").split("/")
    if any(map(DEVICE.fullmatch, names)):
        raise ValueError(
            f'"{typed}" has the name of a device on Windows, where no file can have '
            "it; only rules of your host's own can redirect it"
        )
    if ".." in names:
        raise ValueError(f'"{typed}" leaves the site; write it without ".."')
    if (path and not all(map(_can_be, names))) or len(path.encode()) > LONGEST:
        raise ValueError(
            f'"{typed}" cannot be an address here; write it as {EXAMPLE}, from the '
            "site's root"
        )
    return path if path.endswith(".html") else "/".join([*filter(None, names), INDEX])


def _can_be(name: str) -> bool:
    return bool(NAME.fullmatch(name)) and len(name.encode()) <= LONGEST_NAME
