"""Has everything shared among processes that ever is, however little it is."""

from collections.abc import Callable

from newsroom import changes, links, page_writer, release, stories, tree


def share_all(put: Callable[[object, str, int], None] = setattr) -> None:
    """Let everything pay for a worker, as it does on a site of thousands of stories."""
    for module in (changes, links, page_writer, release, stories, tree):
        put(module, "WORTH", 1)
    put(page_writer, "KEPT", 1)
