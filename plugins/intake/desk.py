"""The moderator's desk: a comment at a time in the terminal, and one key a decision."""

import textwrap
from collections import Counter
from collections.abc import Callable
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Footer, Header, Static

from intake.moderation import Moderation
from intake.queue import DecisionError, QueueError, Waiting

VIEWS = {"pending": "waiting", "spam": "spam", "approved": "published"}
OTHERS = 5  # comments of the same sender whose first words are shown
STYLES = """
#about { width: 46; height: 1fr; padding: 1 2; border-right: solid $primary; }
#words { padding: 1 2; }
#said { padding: 0 2; color: $success; }
#said.wrong { color: $error; }
"""


class Desk(App[None]):
    """Shows what waits; `a`, `s` and `d` decide, the arrows go on without deciding."""

    CSS = STYLES
    TITLE = "Comments"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "decide('approve')", "Approve"),
        Binding("s", "decide('spam')", "Spam"),
        Binding("d", "decide('delete')", "Delete"),
        Binding("right,n", "step(1)", "Next"),
        Binding("left,p", "step(-1)", "Previous"),
        Binding("v", "view", "Waiting / spam / published"),
        Binding("q", "quit", "Quit"),
    ]

    def __init__(self, moderation: Moderation) -> None:
        super().__init__()
        self.moderation = moderation
        self.state = "pending"
        self.rows: list[Waiting] = []
        self.place = 0

    def compose(self) -> ComposeResult:
        """Lay out the sender on the left and the words on the right."""
        yield Header(icon="")
        with Horizontal():
            yield Static(id="about", markup=False)
            with Vertical(), VerticalScroll(can_focus=True):
                yield Static(id="words", markup=False)
        yield Static(id="said", markup=False)
        yield Footer()

    def on_mount(self) -> None:
        """Begin with what waits."""
        self._load()

    @property
    def row(self) -> Waiting | None:
        """The comment that is shown."""
        return self.rows[self.place] if self.rows else None

    def action_decide(self, decision: str) -> None:
        """Carry out a decision on the comment shown, and show the next."""
        if self.row is None:
            return
        act: Callable[[Waiting], str] = getattr(self.moderation, decision)
        try:
            self._say(act(self.row))
        except (DecisionError, QueueError, OSError) as error:
            self._say(str(error), wrong=True)
        self._load()

    def action_step(self, steps: int) -> None:
        """Go on or back without a decision."""
        self.place += steps
        self._show()

    def action_view(self) -> None:
        """Look at the next of the queue's three parts."""
        states = list(VIEWS)
        self.state = states[(states.index(self.state) + 1) % len(states)]
        self.place = 0
        self._say("")
        self._load()

    def _load(self) -> None:
        self.rows = self.moderation.queue.rows(self.state)
        self._show()

    def _show(self) -> None:
        self.place = max(0, min(self.place, len(self.rows) - 1))
        where = f"{self.place + 1} of " if self.rows else ""
        self.sub_title = f"{where}{len(self.rows)} {VIEWS[self.state]}"
        about, words = (
            self.query_one("#about", Static),
            self.query_one("#words", Static),
        )
        if self.row is None:
            about.update("")
            words.update(f"No comment is {VIEWS[self.state]}.")
            return
        about.update("\n".join(described(self.row, self.moderation)))
        words.update(self.row.text)
        self.query_one(VerticalScroll).scroll_home(animate=False)

    def _say(self, words: str, *, wrong: bool = False) -> None:
        said = self.query_one("#said", Static)
        said.set_class(wrong, "wrong")
        said.update(words)


def described(row: Waiting, moderation: Moderation) -> list[str]:
    """Return what the desk shows about a comment, besides its words."""
    others = moderation.queue.others(row)
    return [
        row.title,
        row.url,
        "",
        f"Name     {row.name}",
        f"E-mail   {row.email or 'erased'}",
        f"Website  {row.website or 'none'}",
        f"Sent     {row.received}",
        f"Answers  {row.parent or 'the story'}",
        f"Akismet  {row.verdict}",
        "",
        _counted(others) or "Nothing else of this sender",
        *(f"{_day(other)} {_begun(other)}" for other in others[-OTHERS:]),
    ]


def _counted(others: list[Waiting]) -> str:
    counts = Counter(other.state for other in others)
    parts = [f"{counts[state]} {VIEWS[state]}" for state in VIEWS if counts[state]]
    return f"Of this sender: {', '.join(parts)}" if parts else ""


def _day(row: Waiting) -> str:
    return row.received.partition(" ")[0]


def _begun(row: Waiting) -> str:
    """Return the first words of a comment, and what became of it."""
    return f"{VIEWS[row.state]}: {textwrap.shorten(row.text, 60, placeholder=' …')}"
