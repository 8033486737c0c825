"""A news site of any size, the same each time: story 7 is story 7 of every size.

Lengths, sections, topics and dates are spread as in a newsroom: many short stories and
few long ones, a few topics that come up daily and many that come up once.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate

FIRST = datetime(2016, 1, 4, 6, tzinfo=UTC)
APART = timedelta(minutes=50)  # 29 a day; ten years for some 105,000 stories
SECTIONS = ["Politics", "Local", "Business", "Science", "Culture", "Sport", "Opinion"]
TOPICS, AUTHORS = 300, 40
WORDS = 400  # of a story, the middle of all
# Of paragraphs: those with a quotation in the text, and (summed) those below a heading,
# set off as a quotation, made a list.
SPOKEN, HEADED, QUOTED, LISTED = 0.2, 0.06, 0.10, 0.13

CONSONANTS, VOWELS = "bcdfghklmnprstvw", "aeiou"
SPEECH = random.Random("the words that all stories are made of")


def _word(syllables: int) -> str:
    pairs = (
        SPEECH.choice(CONSONANTS) + SPEECH.choice(VOWELS) for _ in range(syllables)
    )
    return "".join(pairs) + SPEECH.choice(["", "", "n", "r", "s"])


VOCABULARY = [_word(SPEECH.choice([1, 1, 2, 2, 3, 4])) for _ in range(4000)]
# As in speech, the n-th word comes 1/n times as often as the first.
COMMON = [*accumulate(1 / (rank + 3) for rank in range(len(VOCABULARY)))]
TOPIC_NAMES = [f"{_word(2)} {_word(3)}".capitalize() for _ in range(TOPICS)]
OFTEN = [1 / (rank + 5) for rank in range(TOPICS)]
AUTHOR_NAMES = [f"{_word(2)} {_word(3)}".title() for _ in range(AUTHORS)]


@dataclass(frozen=True)
class Shares:
    """How many of the stories have a ledger, and how many comments: 0.2 is a fifth."""

    checked: float = 0.2
    discussed: float = 0.1


@dataclass(frozen=True)
class Claim:
    """A claim of a ledger, and the words in the text that make it."""

    words: str
    claim: str
    note: str


@dataclass(frozen=True)
class Comment:
    """What a reader said."""

    author: str
    date: datetime
    text: str


@dataclass(frozen=True)
class Story:
    """What a newsroom knows of a story.

    `body` is Markdown, in which "%(claim-0)s" stands for a claim's words, and
    "%(link-3)s" for a link to another story.
    """

    number: int
    headline: str
    summary: str
    date: datetime
    section: str
    topics: list[str]
    author: str
    body: str
    links: list[int]
    claims: list[Claim]
    comments: list[Comment]

    @property
    def slug(self) -> str:
        """What its address ends with."""
        return f"story-{self.number}"


USUAL = Shares()


def date_of(number: int) -> datetime:
    """Return when the story of a number was published."""
    return FIRST + number * APART


def stories(count: int, shares: Shares = USUAL) -> Iterator[Story]:
    """Yield the first stories."""
    return (story(number, shares) for number in range(count))


def story(number: int, shares: Shares = USUAL) -> Story:
    """Return the story of a number; it links to some with a smaller one."""
    dice = random.Random(number)
    checked = dice.random() < shares.checked
    claims = [_claim(dice) for _ in range(dice.randint(4, 16) if checked else 0)]
    links = [dice.randrange(number) for _ in range(dice.randint(0, 3) if number else 0)]
    marks = [f"claim-{index}" for index in range(len(claims))]
    marks += [f"link-{other}" for other in links]
    length = int(min(3000, dice.lognormvariate(0, 0.5) * WORDS))
    date = date_of(number)
    discussed = dice.random() < shares.discussed
    return Story(
        number=number,
        headline=f"{_sentence(dice, 5, 9)} {number}",
        summary=f"{_sentence(dice, 12, 25)}.",
        date=date,
        section=dice.choice(SECTIONS),
        topics=sorted({*dice.choices(TOPIC_NAMES, OFTEN, k=dice.randint(1, 4))}),
        author=dice.choice(AUTHOR_NAMES),
        body=_body(dice, length, marks),
        links=links,
        claims=claims,
        comments=[
            Comment(
                dice.choice(AUTHOR_NAMES),
                date + timedelta(minutes=11 * (index + 1)),
                f"{_sentence(dice, 10, 60)}.",
            )
            for index in range(dice.randint(1, 12) if discussed else 0)
        ],
    )


def _claim(dice: random.Random) -> Claim:
    said = [_sentence(dice, *lengths) for lengths in ((3, 8), (8, 16), (10, 20))]
    return Claim(said[0].lower(), f"{said[1]}.", f"{said[2]}.")


def _body(dice: random.Random, length: int, marks: list[str]) -> str:
    """Return paragraphs of `length` words, and in them a place for each mark."""
    blocks: list[str] = []
    while length > 0 or marks:
        sentences = [_sentence(dice, 8, 22) for _ in range(dice.randint(2, 4))]
        length -= sum(len(sentence.split()) for sentence in sentences)
        if marks:
            sentences.append(f"{_sentence(dice, 3, 6)} %({marks.pop()})s as well")
        if dice.random() < SPOKEN:
            sentences.append(f"“It is *{_sentence(dice, 1, 3)}*”, **he** said")
        text = ". ".join(sentences) + "."
        kind = dice.random()
        if kind < HEADED:
            text = f"## {_sentence(dice, 2, 5)}\n\n{text}"
        elif kind < QUOTED:
            text = f"> {text}"
        elif kind < LISTED:
            text = "\n".join(f"- {sentence}" for sentence in sentences)
        blocks.append(text)
    return "\n\n".join(blocks)


def _sentence(dice: random.Random, least: int, most: int) -> str:
    words = dice.choices(VOCABULARY, cum_weights=COMMON, k=dice.randint(least, most))
    return " ".join(words).capitalize()
