"""Two values have one digest if they look the same, and no others do."""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import combinations

import pytest
from tools import printed_in_any_order

from newsroom.digest import digest

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Pair:
    """Two values, as a badge or a comment has some."""

    first: object
    second: object = None


LIKE = [
    *(None, True, 1, 1.0, "1", "True", "None", b"1", "", "a, b", "\ud800"),
    *([], {}, frozenset(), [""], [[]], [[], []], {"": ""}, [None]),
    *(["a", "b"], ["a, b"], ["a', 'b"], ["ab"], [["a"], "b"], ["a", ["b"]]),
    *({"a": 1}, {"a": "1"}, {"a": [1]}, {1: "a"}, {"a": 1, "b": 2}, {"b": 2, "a": 1}),
    *(frozenset("ab"), frozenset({"ab"}), frozenset({1, "1"}), [digest(["a"]).hex()]),
    *(NOON, NOON.isoformat(), [NOON], {"on": NOON}, NOON.replace(tzinfo=None)),
    *(
        Pair("a", "b"),
        Pair("ab"),
        Pair(["a", "b"]),
        Pair(Pair("a", "b")),
        Pair("b", "a"),
    ),
]


def test_values_that_look_alike_have_digests_of_their_own():
    """Whatever is quoted, nested, or of another kind."""
    for one, other in combinations(LIKE, 2):
        assert digest(one) != digest(other), (one, other)


def test_a_digest_is_the_same_in_every_process():
    """Whatever order a set has there."""
    code = (
        "from newsroom.digest import digest; "
        "print(digest({'a': frozenset('abcdef'), 'b': [1, None, ('x',)]}).hex())"
    )
    assert len(printed_in_any_order(code)) == 1


def test_what_cannot_be_compared_is_refused():
    """However deep it is."""
    with pytest.raises(TypeError, match=r"object .* has no digest"):
        digest({"a": [object()]})
