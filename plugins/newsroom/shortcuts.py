"""What Python-Markdown need not try on a text, as it lacks the signs for it.

It holds every pattern against every run of words, asks every kind of block about every
paragraph, and looks through every text for HTML and code. Most news is plain sentences;
what is made of them stays the same.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown import inlinepatterns as inline
from markdown.blockprocessors import ParagraphProcessor
from markdown.preprocessors import Preprocessor
from markdown.treeprocessors import InlineProcessor, UnescapeTreeprocessor
from markdown.util import ETX, STX, AtomicString

from newsroom.claims import LINK

# Of which signs a text must have one before a pattern can match in it. A pattern that
# is not here, as one of another extension, is tried on every text.
SIGNS = {
    inline.BACKTICK_RE: ("`",),
    inline.ESCAPE_RE: ("\\",),
    inline.LINK_RE: ("[",),
    inline.IMAGE_LINK_RE: ("![",),
    inline.AUTOLINK_RE: ("<",),
    inline.AUTOMAIL_RE: ("<",),
    inline.LINE_BREAK_RE: ("  \n",),
    inline.HTML_RE: ("<",),
    inline.ENTITY_RE: ("&",),
    r"\*|_": ("*", "_"),
    r"\[\^([^\]]*)\]": ("[^",),
    LINK.pattern: ("](",),
}
# Of which a block must have one; STX begins the place of what was read before.
ALL_SIGNS = frozenset([*chain(*SIGNS.values()), STX])
# They make nothing of a text whose references are defined nowhere.
REFERENCES = frozenset(
    {
        inline.ReferenceInlineProcessor,
        inline.ShortReferenceInlineProcessor,
        inline.ImageReferenceInlineProcessor,
        inline.ShortImageReferenceInlineProcessor,
    }
)
# The priorities of preprocessors, and of which signs a text must have one before they
# do more than add some lines to it.
PREPROCESSORS = {
    "normalize_whitespace": (30, ("\n ", "\r", "\t", STX, ETX), ("", "")),
    "fenced_code_block": (25, ("```", "~~~"), ()),
    "html_block": (20, ("<", "&"), ()),
}
# A paragraph, as no line of it begins anything else.
PLAIN = re.compile(r"(?:[^\W\d_]|[“‘])[^\n]*(?:\n(?:[^\W\d_]|[“‘])[^\n]*)*")


@dataclass
class Spared(Preprocessor):
    """Asks a preprocessor only about a text that has one of its signs."""

    asked: Preprocessor
    signs: tuple[str, ...]
    added: tuple[str, ...]

    def run(self, lines: list[str]) -> list[str]:
        """Return the lines that it would return."""
        text = "\n".join(lines)
        if any(sign in text for sign in self.signs):
            return self.asked.run(lines)
        return [*lines, *self.added]


class Inlines(InlineProcessor):
    """Tries those patterns whose signs the text has, where a block has any."""

    def run(self, tree: Element, ancestors: list[str] | None = None) -> Element:
        """Read what stands in the lines of the blocks of `tree`."""
        text = "".join(tree.itertext())
        possible = [*self._possible(text)]
        self.inlinePatterns = possible  # type: ignore[assignment] # read alike
        if any(each.pattern not in SIGNS for each in possible):
            return super().run(tree, ancestors)
        plain = [each for each in tree.iter() if each.text and _is_plain(each.text)]
        for each in plain:
            each.text = AtomicString(each.text)
        super().run(tree, ancestors)
        for each in plain:
            each.text = str(each.text)
        return tree

    def _possible(self, text: str) -> Iterator[inline.Pattern]:
        for pattern in self.md.inlinePatterns:
            if type(pattern) in REFERENCES and not self.md.references:
                continue
            signs = SIGNS.get(pattern.pattern, ("",))
            if any(sign in text for sign in signs):
                yield pattern


def _is_plain(text: str) -> bool:
    return type(text) is str and not any(map(text.__contains__, ALL_SIGNS))


class Unescaped(UnescapeTreeprocessor):
    """Looks for what was escaped only in a text that has some."""

    def run(self, root: Element) -> None:
        """Put the signs that were escaped back in their places."""
        values = chain.from_iterable(each.attrib.values() for each in root.iter())
        texts = "".join(chain(root.itertext(), map(str, values)))
        if self.RE.search(texts):
            super().run(root)


class Paragraphs(ParagraphProcessor):
    """Takes the plain ones before any other kind of block is asked."""

    def test(self, parent: Element, block: str) -> bool:
        """Whether the block can be nothing else."""
        del parent
        return PLAIN.fullmatch(block) is not None

    def run(self, parent: Element, blocks: list[str]) -> None:
        """Take those that follow too, as nobody would be asked before it."""
        super().run(parent, blocks)
        while blocks and self.test(parent, blocks[0]):
            super().run(parent, blocks)


def take(markdown: Markdown) -> None:
    """Have `markdown` try nothing in vain."""
    for name, (priority, *others) in PREPROCESSORS.items():
        if name in markdown.preprocessors:
            spared = Spared(markdown.preprocessors[name], *others)
            markdown.preprocessors.register(spared, name, priority)
    markdown.treeprocessors.register(Inlines(markdown), "inline", 20)
    markdown.treeprocessors.register(Unescaped(markdown), "unescape", 0)
    # The first of Python-Markdown's own has the priority 105.
    plain = Paragraphs(markdown.parser)
    markdown.parser.blockprocessors.register(plain, "plain-paragraph", 110)
