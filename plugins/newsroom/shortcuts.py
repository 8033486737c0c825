"""What Python-Markdown need not try on a text, as it lacks the signs for it.

It holds every pattern against every run of words, and asks every kind of block about
every paragraph. Most news is plain sentences; what is made of them stays the same.
"""

import re
from collections.abc import Iterator
from itertools import chain
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown import inlinepatterns as inline
from markdown.blockprocessors import ParagraphProcessor
from markdown.treeprocessors import InlineProcessor, UnescapeTreeprocessor

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
# They make nothing of a text whose references are defined nowhere.
REFERENCES = frozenset(
    {
        inline.ReferenceInlineProcessor,
        inline.ShortReferenceInlineProcessor,
        inline.ImageReferenceInlineProcessor,
        inline.ShortImageReferenceInlineProcessor,
    }
)
# A paragraph, as no line of it begins anything else.
PLAIN = re.compile(r"(?:[^\W\d_]|[“‘])[^\n]*(?:\n(?:[^\W\d_]|[“‘])[^\n]*)*")


class Inlines(InlineProcessor):
    """Tries those patterns whose signs the text has."""

    def run(self, tree: Element, ancestors: list[str] | None = None) -> Element:
        """Read what stands in the lines of the blocks of `tree`."""
        text = "".join(tree.itertext())
        self.inlinePatterns = [*self._possible(text)]  # type: ignore[assignment] # read alike
        return super().run(tree, ancestors)

    def _possible(self, text: str) -> Iterator[inline.Pattern]:
        for pattern in self.md.inlinePatterns:
            if type(pattern) in REFERENCES and not self.md.references:
                continue
            signs = SIGNS.get(pattern.pattern, ("",))
            if any(sign in text for sign in signs):
                yield pattern


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


def take(markdown: Markdown) -> None:
    """Have `markdown` try nothing in vain."""
    markdown.treeprocessors.register(Inlines(markdown), "inline", 20)
    markdown.treeprocessors.register(Unescaped(markdown), "unescape", 0)
    # The first of Python-Markdown's own has the priority 105.
    plain = Paragraphs(markdown.parser)
    markdown.parser.blockprocessors.register(plain, "plain-paragraph", 110)
