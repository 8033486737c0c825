"""The addresses of pages, derived from the places where they are saved."""

from typing import Any
from urllib.parse import urlsplit

from pelican import Pelican
from pelican.generators import Generator
from pelican.plugins import signals

from newsroom.problems import report

INDEX = "index.html"


def address(save_as: str, *, relative: bool) -> str:
    """Return the address of the page saved at `save_as`, below the site's root.

    On a host, a folder's address shows its index.html. A site of relative links must
    also open from a disk, where it does not, so there the file is named.
    """
    if relative or not (save_as == INDEX or save_as.endswith(f"/{INDEX}")):
        return save_as
    return save_as.removesuffix(INDEX)


def absolute(url: str, site: str) -> str:
    """Return the public address of `url`, which is below the root of `site`."""
    return f"{site}/{address(str(url), relative=False)}"


def placeholder(site: str) -> bool:
    """Whether `site` is not its owner's: .example is nobody's (RFC 2606, section 2)."""
    host = urlsplit(site).hostname or ""
    return not host or host.endswith(".example")


def _derive(pelican: Pelican) -> None:
    """Set every …_URL from its …_SAVE_AS, and the pagination's likewise."""
    settings: dict[str, Any] = pelican.settings
    relative = settings["RELATIVE_URLS"]
    settings.setdefault("INDEX_SAVE_AS", INDEX)
    for name in [name for name in settings if name.endswith("_SAVE_AS")]:
        url = name.removesuffix("_SAVE_AS") + "_URL"
        settings[url] = address(settings[name], relative=relative)
    settings["PAGINATION_PATTERNS"] = [
        rule._replace(
            URL="{url}"
            if rule.min_page == 1
            else address(rule.SAVE_AS, relative=relative)
        )
        for rule in settings["PAGINATION_PATTERNS"]
    ]


def _find_clashes(generators: list[Generator]) -> None:
    """Say which story or page would be saved where another one is."""
    taken: dict[str, str] = {}
    context = generators[0].context
    for content in [*context["articles"], *context["pages"], *context["drafts"]]:
        other = taken.setdefault(content.save_as.lower(), content.source_path)
        if other != content.source_path:
            report(
                content.source_path,
                0,
                f'its address "{content.url}" is that of {other}; give it another Slug',
            )


def register() -> None:
    """Derive the addresses before anything is read, and compare them after."""
    signals.initialized.connect(_derive)
    signals.all_generators_finalized.connect(_find_clashes)
