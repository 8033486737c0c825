"""The style sheet that stands in each page, and the hash that its policy allows."""

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from pathlib import Path

import tinycss2
from markupsafe import Markup
from tinycss2.ast import AtRule, CurlyBracketsBlock, FunctionBlock, Node

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
    """Join `components`, names of CSS files in `folder`, without what means nothing."""
    files = (folder / f"{name}.css" for name in components)
    return _sheet(tuple(file.read_text("utf-8") for file in files))


# Kept from build to build of `make serve`, where few style sheets change.
@lru_cache(maxsize=64)
def _sheet(components: tuple[str, ...]) -> StyleSheet:
    text = layers_joined(*components)
    digest = b64encode(sha256(text.encode()).digest()).decode()
    return StyleSheet(Markup(text), f"'sha256-{digest}'")  # noqa: S704 - the theme's own


def layers_joined(*components: str) -> str:
    """Return style sheets as one, made small, in which layers that meet are one."""
    rules = [rule for css in components for rule in _rules(css)]
    joined = ""
    for layer, same in groupby(rules, itemgetter(0)):
        text = "".join(text for _, text in same)
        joined += f"@layer {layer}{{{text.removesuffix(';')}}}" if layer else text
    return joined


# Pages have their own choices of the same components.
@lru_cache(maxsize=64)
def _rules(css: str) -> list[tuple[str, str]]:
    """Return the rules of a style sheet, made small, each with its layer.

    Of a rule that is a layer's block, this is what is in the block.
    """
    return [
        (layer, minified(tinycss2.serialize(rule.content if layer else [rule])))
        for rule in tinycss2.parse_stylesheet(
            css, skip_comments=True, skip_whitespace=True
        )
        for layer in [_layer(rule)]
    ]


def _layer(rule: Node) -> str:
    """Return the name of the layer whose block `rule` is, or nothing."""
    named = isinstance(rule, AtRule) and rule.lower_at_keyword == "layer"
    if not (named and rule.content):
        return ""
    return str(tinycss2.serialize(rule.prelude)).strip()


def minified(css: str) -> str:
    """Return `css` without comments, and without marks that mean nothing."""
    return str(tinycss2.serialize(_needed(tinycss2.parse_component_value_list(css))))


def _needed(nodes: Iterable[Node]) -> list[Node]:
    shown = [node for node in nodes if node.type != "comment"]
    for node in shown:
        if isinstance(node, CurlyBracketsBlock):
            node.content = _needed(node.content)
            if node.content and _sign(node.content[-1]) == ";":
                del node.content[-1]
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
