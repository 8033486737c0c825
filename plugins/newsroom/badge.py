"""The promise: when a story is "fact checked", and what it lacks when it is not.

Nobody types the badge. `judge` computes it from the story, its ledger, the hash of its
text and the day; take any one proof away and it falls by itself.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import combinations
from urllib.parse import urlsplit

from newsroom.ledger import Claim, Kind, Ledger, Source, Stance, Verdict
from newsroom.wording import NOBODY, is_among, origin_key, people


class State(StrEnum):
    """What a reader is told about the check of a story."""

    NONE = ""
    BEING_CHECKED = "being checked"
    FACT_CHECKED = "fact checked"
    CHANGED = "changed since the check"
    EXPIRED = "check expired"
    CORRECTED = "fact checked and corrected"
    WITHDRAWN = "withdrawn"

    @property
    def label(self) -> str:
        """What the badge says, as words begin a line."""
        return self.value.capitalize()

    @property
    def fell(self) -> bool:
        """Whether readers are owed a reason: it once was checked, and does not hold."""
        return self in {State.CHANGED, State.EXPIRED, State.WITHDRAWN}

    @property
    def complete(self) -> bool:
        """Whether somebody checked it, be the check still good or not."""
        return self.earned or self in {State.CHANGED, State.EXPIRED}

    @property
    def earned(self) -> bool:
        """Whether every proof holds today."""
        return self in {State.FACT_CHECKED, State.CORRECTED}


@dataclass(frozen=True)
class Story:
    """What the badge needs to know of an article; `marks` are claims in its text."""

    kind: str
    authors: tuple[str, ...]
    marks: frozenset[str]
    # Names under which the newsroom itself speaks.
    house: tuple[str, ...] = ()


@dataclass(frozen=True)
class Badge:
    """A state, and in sentences what keeps it from being a better one."""

    state: State
    reasons: tuple[str, ...] = ()
    signed: bool = False

    @property
    def fell(self) -> bool:
        """Whether its newsroom is owed a reason: it is signed, and does not hold."""
        return self.signed and not (self.state.earned or self.state is State.WITHDRAWN)


def judge(story: Story, ledger: Ledger | None, text: str, today: date) -> Badge:
    """Return the badge that the evidence earns today.

    `text` is the hash of the text as it is (newsroom/signature.py).
    """
    badge = _judged(story, ledger, text, today)
    return replace(badge, signed=bool(ledger and ledger.check.text))


def _judged(story: Story, ledger: Ledger | None, text: str, today: date) -> Badge:
    if ledger is None or story.kind == "opinion":
        return Badge(State.NONE)
    if ledger.withdrawn:
        return Badge(State.WITHDRAWN, (ledger.withdrawn.why,))
    missing = (
        *_missing_from_check(ledger, story, today),
        *_missing_from_sources(ledger),
        *_missing_from_claims(ledger, story),
    )
    if missing:
        return Badge(State.BEING_CHECKED, missing)
    if ledger.check.text != text:
        return Badge(State.CHANGED, ("the text is not the one that was checked",))
    if ledger.check.review_by is None or ledger.check.review_by < today:
        return Badge(
            State.EXPIRED,
            (f"the check was to be reviewed by {ledger.check.review_by}",),
        )
    return Badge(State.CORRECTED if ledger.corrections else State.FACT_CHECKED)


def _missing_from_check(ledger: Ledger, story: Story, today: date) -> Iterator[str]:
    check = ledger.check
    if not check.scope.strip():
        yield "the check has no scope: what was checked, and what was not"
    if NOBODY.issuperset(people(check.by)):
        yield "nobody has checked it"
    # The whole byline too, as "Kay, Tom" is in it.
    for author in (*story.authors, ", ".join(story.authors)):
        if is_among(author, check.by):
            yield f"its checker, {author}, is its author"
            break
    if check.on is None:
        yield "the check has no date"
    elif check.on > today:
        yield f"the check is dated {check.on}, which is still to come"
    if check.review_by is None:
        yield "the check has no date to be reviewed by"
    if not check.text:
        yield "the text is not signed"


def _missing_from_sources(ledger: Ledger) -> Iterator[str]:
    used = {line.source for claim in ledger.claims for line in claim.evidence}
    for source in sorted(used - set(ledger.sources)):
        yield f'the evidence names a source "{source}" that is not listed'
    for source in sorted(set(ledger.sources) - used):
        yield f'the source "{source}" is evidence of nothing'


def _missing_from_claims(ledger: Ledger, story: Story) -> Iterator[str]:
    ids = Counter(claim.id for claim in ledger.claims)
    if not ids:
        yield "it has no claims"
    for name in sorted(story.marks - set(ids)):
        yield f'the text marks a claim "{name}" that is not listed'
    for name, times in ids.items():
        if times > 1:
            yield f'{times} claims are called "{name}"'
    for claim in ledger.claims:
        if claim.id not in story.marks and not claim.about:
            yield f'the claim "{claim.id}" is not marked in the text'
        if not claim.note.strip():
            yield f'the claim "{claim.id}" has no note that says why'
        if lack := lacking(claim, ledger.sources):
            yield f'the claim "{claim.id}" is called {claim.verdict}, but {lack}'


def lacking(claim: Claim, sources: dict[str, Source]) -> str:
    """Say which evidence the claim's verdict needs and does not have, or nothing."""
    known = [
        (line.stance, sources[line.source])
        for line in claim.evidence
        if line.source in sources
    ]
    supports = [source for stance, source in known if stance is Stance.SUPPORTS]
    against = [source for stance, source in known if stance is Stance.CONTRADICTS]
    doubts = [source for stance, source in known if stance is not Stance.SUPPORTS]
    if not supports and not doubts:
        return "has no evidence"
    match claim.verdict:
        case Verdict.CORROBORATED if not _independent(supports):
            return "has neither support of two origins nor of a primary source"
        case Verdict.ATTRIBUTED if not supports:
            return "no source supports that it was said"
        case Verdict.DISPUTED if not (supports and doubts):
            return "its sources are all of one side"
        case Verdict.UNPROVEN if supports:
            return "a source supports it"
        case Verdict.INACCURATE if not against:
            return "no source contradicts it"
    return ""


def _independent(sources: list[Source]) -> bool:
    """Whether they are two of different origin, or one of them is primary.

    What is at one address is one source, whatever its origin is called.
    """
    if any(source.kind is Kind.PRIMARY for source in sources):
        return True
    return any(
        _page(one.url) != _page(other.url)
        and origin_key(one.origin) != origin_key(other.origin)
        for one, other in combinations(sources, 2)
    )


def _page(url: str) -> str:
    """Return what is the same of an address of one page, however it is typed."""
    parts = urlsplit(url)
    return f"{parts.netloc.lower()}{parts.path.rstrip('/')}?{parts.query}"
