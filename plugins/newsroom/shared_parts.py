"""Parts of pages that are the same on many of them, and are made once for all of these.

A part is remembered with each name that its template asked for and what that was, or
with what its macro was called with. It is shown again only where all of these are the
same, so nothing has to be declared; and a page that shows it has read whatever the part
did, as newsroom/page_writer.py must know.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import Template, pass_context
from jinja2.environment import TemplateModule
from jinja2.runtime import Context, Macro
from markupsafe import Markup

from newsroom import trace

# Of a template that shows something else on every page, no more is kept; and of macros,
# what the lists of some thousand stories show of each.
MOST = 256
MOST_CALLS = 1 << 15
# Read by what makes the links of texts, which asks no template's context.
ALWAYS = ("SITEURL",)


@dataclass(frozen=True)
class Part:
    """A part as it was made, what was read for it, and the values that it was made of.

    The values are kept because a key has their ids, which others could be given.
    """

    html: Markup
    read: trace.Trace
    values: list[Any]


class SharedParts:
    """The parts that one build has made."""

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings.keys() - set(ALWAYS)
        self._names: dict[str, tuple[str, ...]] = {}
        self._parts: dict[tuple[Any, ...], Part] = {}

    @pass_context
    def __call__(self, context: Context, template: str) -> Markup:
        """Return what including `template` would show."""
        part = self._parts.get(self._key(context, template)[0])
        if part is None:
            part = self._made(context, template)
        trace.read_again(part.read)
        return part.html

    def _made(self, context: Context, template: str) -> Part:
        loaded = context.environment.get_template(template)
        with trace.Trace() as read:
            html = loaded.render(context.get_all())
        names = {*self._names.get(template, ALWAYS), *(read.names - self._settings)}
        self._names[template] = tuple(sorted(names))  # two sets may differ in order
        key, values = self._key(context, template)
        part = Part(Markup(html), read, values)  # noqa: S704 - rendered
        return _kept(self._parts, key, part, MOST)

    def _key(
        self, context: Context, template: str
    ) -> tuple[tuple[Any, ...], list[Any]]:
        """Return what tells this part from others, and the values in it."""
        names = self._names.get(template, ALWAYS)
        values = [context.resolve_or_missing(name) for name in names]
        return (template, *_signs(values)), values


class SharedCalls:
    """What macros made of the same: of one story in several lists."""

    def __init__(self) -> None:
        self._parts: dict[tuple[Any, ...], Part] = {}

    def __call__(self, macro: Macro, *arguments: Any, **named: Any) -> Markup:
        """Return what calling `macro` with these would show."""
        values = [*arguments, *named.values()]
        key = macro, tuple(named), *_signs(values)
        part = self._parts.get(key)
        if part is None:
            with trace.Trace() as read:
                html = Markup(macro(*arguments, **named))  # noqa: S704 - rendered
            part = _kept(self._parts, key, Part(html, read, values), MOST_CALLS)
        trace.read_again(part.read)
        return part.html


def _signs(values: Iterable[Any]) -> Iterator[Hashable]:
    """Yield what tells each value from others: of a mere text, what it says.

    Markup says the same, and is shown otherwise.
    """
    return (value if type(value) is str else id(value) for value in values)


def _kept(
    parts: dict[tuple[Any, ...], Part], key: tuple[Any, ...], part: Part, most: int
) -> Part:
    """Keep a part among others, or in the place of all if they are too many."""
    if len(parts) >= most:
        parts.clear()
    parts[key] = part
    return part


class SharedMacros:
    """The macros that one build has made: once for all pages with one SITEURL.

    Imported, they would be made for each page, and be garbage after it that Python has
    to look for: a tenth of the time of rendering.
    """

    def __init__(self, settings: Mapping[str, Any]) -> None:
        self._settings = settings.keys()
        self._modules: dict[tuple[Template, Any], TemplateModule] = {}

    @pass_context
    def __call__(self, context: Context, template: str) -> TemplateModule:
        """Return the macros of `template`; they know the settings, and SITEURL here."""
        loaded = context.environment.get_template(template)
        key = loaded, context.resolve("SITEURL")
        if key not in self._modules:
            known = context.parent.keys() & self._settings
            values = {name: context.parent[name] for name in known}
            self._modules[key] = loaded.make_module(values)
        return self._modules[key]
