"""The evidence of a story, ledger.toml: its sources, claims, check and corrections."""

from collections import Counter
from collections.abc import Callable, Container
from datetime import date as Date  # noqa: N812 - a field is called date
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from newsroom.schema import YEARS


def _of_a_story(day: Date) -> Date:
    if day.year in YEARS:
        return day
    raise PydanticCustomError("year", "write its year in full")


def _followable(url: str) -> str:
    """Refuse what shows one host and leads to another, or to none."""
    try:
        parts = urlsplit(url)
        can_be = parts.hostname and parts.port != 0 and not parts.username
        if can_be and not set(url) & set('<>"'):
            return url
    except ValueError:
        pass
    raise PydanticCustomError("string_pattern_mismatch", "no web address")


# A date of TOML, not a number or a text that could be one.
Day = Annotated[Date, Field(strict=True), AfterValidator(_of_a_story)]
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5_000)
]
Note = Annotated[str, StringConstraints(max_length=5_000)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
Url = Annotated[
    str,
    StringConstraints(pattern=r"^https?://[^\s/]+(/\S*)?$", max_length=2_000),
    AfterValidator(_followable),
]
Most = Field(max_length=300)


class _Word(StrEnum):
    """A word of a list, which needs no escaping in HTML."""

    def __html__(self) -> str:
        return str(self)


class Verdict(_Word):
    """The published scale, each word with its definition."""

    definition: str

    def __new__(cls, word: str, definition: str) -> "Verdict":
        """Make a member of its word and its definition."""
        verdict = str.__new__(cls, word)
        verdict._value_ = word
        verdict.definition = definition
        return verdict

    CORROBORATED = "corroborated", "Independent sources say so."
    ATTRIBUTED = "attributed", "Someone said it; its truth is not established."
    DISPUTED = "disputed", "Sources conflict."
    UNPROVEN = "unproven", "No evidence for it was found."
    INACCURATE = "inaccurate", "Evidence contradicts it."


class Kind(_Word):
    """What a source is to the story."""

    PRIMARY = "primary"
    WIRE = "wire"
    PRESS = "press"
    REFERENCE = "reference"


class Stance(_Word):
    """What a source does to a claim."""

    SUPPORTS = "supports"
    QUALIFIES = "qualifies"
    CONTRADICTS = "contradicts"


class Table(BaseModel):
    """A table of TOML: keys that are not among its fields are mistakes."""

    # Built when the first is read, which is in few builds.
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Source(Table):
    """Something that was read, and whose reporting it rests on.

    `origin` is what independence is counted by: ten papers that carry one agency's
    story have one origin.
    """

    publisher: Text
    title: Text
    url: Url
    accessed: Day
    kind: Kind
    origin: Text
    date: Day | None = None
    archived: Url | None = None


class Evidence(Table):
    """What one source says of a claim, in a line."""

    source: Id
    stance: Stance
    says: Text


class Claim(Table):
    """Something that the story, or somebody in it, says is so; in neutral words.

    It is marked in the text as `[its words](claim:its-id)`, or `about` says what else
    it is about: the headline, the version before.
    """

    id: Id
    claim: Text
    verdict: Verdict
    said_by: Text | None = None
    said_on: Day | None = None
    quote: Text | None = None
    note: Note = ""
    about: Text | None = None
    evidence: Annotated[list[Evidence], Most] = []

    def citing(self, sources: Container[str]) -> "Claim":
        """Return it with the evidence that is in `sources` alone."""
        known = [line for line in self.evidence if line.source in sources]
        if len(known) == len(self.evidence):
            return self
        return self.model_copy(update={"evidence": known})


class Check(Table):
    """Who looked at the evidence, when, at how much of it, and at which text."""

    by: Note = ""
    on: Day | None = None
    review_by: Day | None = None
    scope: Note = ""
    method: Note = ""
    conflicts: Note = ""
    text: Note = ""


class Correction(Table):
    """What the story said before, what it says now, and why."""

    on: Day
    was: Text
    now: Text
    why: Text
    claim: Id | None = None
    verdict_changed: bool = False


class Withdrawal(Table):
    """When, and why, the newsroom no longer stands by the story."""

    on: Day
    why: Text


class Review(Table):
    """The one claim of somebody else that a story of `Kind: fact-check` is about."""

    claim: Id
    appearance: Url


class Ledger(Table):
    """The whole of one ledger.toml."""

    sources: Annotated[
        dict[Id, Source],
        Field(max_length=300, json_schema_extra={"additionalProperties": False}),
    ] = {}
    claims: Annotated[list[Claim], Most] = []
    check: Check = Check()
    corrections: Annotated[list[Correction], Most] = []
    review: Review | None = None
    withdrawn: Withdrawal | None = None

    def __reduce__(self) -> tuple[Callable[[str], "Ledger"], tuple[str]]:
        """Be kept as JSON, which a build writes and reads quicker than each model."""
        return _of_json, (self.model_dump_json(exclude_unset=True),)

    def counts(self) -> dict[Verdict, int]:
        """Return how many claims have each verdict, in the order of the scale."""
        found = Counter(claim.verdict for claim in self.claims)
        return {verdict: found[verdict] for verdict in Verdict if found[verdict]}

    def speakers(self) -> list[str]:
        """Return who said what is claimed, in the order of the claims."""
        return [claim.said_by for claim in self.claims if claim.said_by]

    def without_dangling(self) -> "Ledger":
        """Return it without what leads nowhere, so that it can be shown.

        A build with such a mistake fails, but goes on to find every other one.
        """
        claims = [claim.citing(self.sources) for claim in self.claims]
        ids = {claim.id for claim in claims}
        review = self.review if self.review and self.review.claim in ids else None
        return self.model_copy(update={"claims": claims, "review": review})

    def claim(self, name: str) -> Claim:
        """Return the claim with this id; KeyError where there is none."""
        return {claim.id: claim for claim in self.claims}[name]


def _of_json(text: str) -> Ledger:
    return Ledger.model_validate_json(text)
