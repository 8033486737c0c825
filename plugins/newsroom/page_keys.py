"""Digests of all that pages read, each made once a build: another is another page."""

from hashlib import blake2b
from typing import Any

from pelican.contents import Content

from newsroom.digest import SIZE, digest

# The names that pages of one kind read, and those of them that each has for itself.
Parted = tuple[tuple[str, ...], tuple[str, ...]]


class PageKeys:
    """The digests of what one context has for pages."""

    def __init__(self, context: dict[str, Any]) -> None:
        self._context = context
        self._parted: dict[Parted, tuple[bytes, list[str]]] = {}
        self._values: dict[str, bytes] = {}
        self._bodies: dict[str, bytes] = {}

    def of(
        self, given: dict[str, Any], names: tuple[str, ...], bodies: tuple[str, ...]
    ) -> bytes:
        """Return the digest of what pages read, as it is now.

        That is what they ask for by `names`, of which some are `given` to them alone,
        and the stories that they show more of than lists do, by their paths.
        """
        parted = names, tuple(given)
        if parted not in self._parted:
            shared = [name for name in names if name not in given]
            own = [name for name in names if name in given]
            self._parted[parted] = self._of_all_pages(shared), own
        shared_digest, own = self._parted[parted]
        total = blake2b(shared_digest, digest_size=SIZE)
        for name in own:
            total.update(digest(given[name]))
        for path in bodies:
            total.update(self._of_body(path))
        return total.digest()

    def _of_all_pages(self, names: list[str]) -> bytes:
        """Return the digests of what the context has for all pages, by these names."""
        for name in names:
            if name not in self._values:
                self._values[name] = digest(self._context.get(name, ""))
        return b"".join(self._values[name] for name in names)

    def _of_body(self, path: str) -> bytes:
        """Return the digest of a body and of the addresses that it links to."""
        if path not in self._bodies:
            content = self._context["generated_content"].get(path)
            self._bodies[path] = _body(content, self._context) if content else b""
        return self._bodies[path]


def _body(content: Content, context: dict[str, Any]) -> bytes:
    """Return digests of what is more in a story or page than lists show."""
    found: bytes = content.body_digest + digest(content.arranged)
    if content.links:
        linked = (
            context[files].get(target)
            for target in content.links
            for files in ("generated_content", "static_content")
        )
        found += digest([other and other.url for other in linked])
    return found
