"""The style sheet that stands in each page, and the hash that its policy allows."""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import tinycss2
from markupsafe import Markup
from tinycss2.ast import CurlyBracketsBlock, FunctionBlock, Node

# White space means nothing after the first, nor before the second, of these.
# Before a colon it does: "nav :focus" is not "nav:focus".
NONE_AFTER = frozenset("{};,:>")
NONE_BEFORE = frozenset("{};,>")


@dataclass(frozen=True)
class StyleSheet:
    """The text of a page's one `<style>`, and its source expression for a policy.

    https://www.w3.org/TR/CSP3/#grammardef-hash-source
    """

    text: Markup
    csp_hash: str


@lru_cache(maxsize=64)
def style_sheet(folder: Path, components: tuple[str, ...]) -> StyleSheet:
    """Join `components`, names of CSS files in `folder`, without their white space."""
    text = "".join(
        minified((folder / f"{name}.css").read_text("utf-8")) for name in components
    )
    digest = b64encode(sha256(text.encode()).digest()).decode()
    return StyleSheet(Markup(text), f"'sha256-{digest}'")  # noqa: S704 - the theme's own


def minified(css: str) -> str:
    """Return `css` without comments, and without white space that means nothing."""
    return str(tinycss2.serialize(_needed(tinycss2.parse_component_value_list(css))))


def _needed(nodes: Iterable[Node]) -> list[Node]:
    shown = [node for node in nodes if node.type != "comment"]
    for node in shown:
        if isinstance(node, CurlyBracketsBlock):
            node.content = _needed(node.content)
        elif isinstance(node, FunctionBlock):
            node.arguments = _needed(node.arguments)
    return [
        node
        for before, node, after in zip(
            [None, *shown], shown, [*shown[1:], None], strict=False
        )
        if node.type != "whitespace" or _separates(before, after)
    ]


def _separates(before: Node | None, after: Node | None) -> bool:
    """Whether white space between these two, or at an end, means something."""
    if before is None or after is None:
        return False
    return _sign(before) not in NONE_AFTER and _sign(after) not in NONE_BEFORE


def _sign(node: Node) -> str:
    return "{" if node.type == "{} block" else str(getattr(node, "value", ""))
