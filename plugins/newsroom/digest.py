"""Digests of what templates are given: two values with one digest look the same.

A value of a kind that nothing here knows is refused, so that no page is ever kept
because something that it shows could not be compared.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, tzinfo
from enum import Enum
from functools import cache, singledispatch
from hashlib import blake2b
from itertools import chain
from pathlib import PurePath
from types import FunctionType, MethodType, ModuleType
from typing import Any

from pelican.contents import Content
from pelican.paginator import Page as ListPage
from pelican.paginator import PaginationRule, Paginator
from pelican.urlwrappers import URLWrapper
from pydantic import BaseModel

SIZE = 16  # bytes
# Kinds whose values Python writes down in full, each in another way.
ATOMS = frozenset({str, int, bool, type(None)})
# Kinds of contents that know the digest of what lists show of them; whoever reads more
# takes note (story.py).
KNOWING: set[type] = set()
# What `_form` does for each type that it has met.
_forms: dict[type, Callable[[Any], bytes]] = {}


def digest(value: Any) -> bytes:
    """Return the digest of a value; TypeError for one of an unknown kind."""
    kind = type(value)
    if kind in KNOWING:
        known: bytes = value.shown_digest
        return known
    if kind not in _forms:
        _forms[kind] = _form.dispatch(kind)
    return blake2b(_forms[kind](value), digest_size=SIZE).digest()


@singledispatch
def _form(value: Any) -> bytes:
    """Return bytes that are equal for values that are."""
    if is_dataclass(value) and not isinstance(value, type):
        kind = type(value)
        values = _sequence([getattr(value, name) for name in _fields(kind)])
        return kind.__qualname__.encode() + values
    raise TypeError(
        f"{type(value).__name__} {value!r:.80} has no digest, so a page that shows it "
        "could not be kept right; give it one in newsroom/digest.py"
    )


@cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple(each.name for each in fields(kind))


@_form.register(type(None))
@_form.register(bool)
@_form.register(int)
@_form.register(float)
@_form.register(str)
@_form.register(bytes)
@_form.register(date)
@_form.register(tzinfo)
@_form.register(PurePath)
@_form.register(range)
def _plain(value: Any) -> bytes:
    return f"{type(value).__name__}{value!r}".encode("utf-8", "surrogatepass")


@_form.register(Enum)
def _member(value: Enum) -> bytes:
    return _form(value.value)


@_form.register(list)
@_form.register(tuple)
def _sequence(value: Iterable[Any]) -> bytes:
    """Have Python write it down, with digests, which are bytes, of all but atoms.

    Lists of stories, which have none, are the most of it.
    """
    items = [*value]
    if ATOMS.isdisjoint(map(type, items)):
        return b"\0" + b"".join(map(digest, items))
    whole = [item if type(item) in ATOMS else digest(item) for item in items]
    return repr(whole).encode("utf-8", "surrogatepass")


@_form.register(set)
@_form.register(frozenset)
def _set(value: Any) -> bytes:
    return b"{%b}" % b"".join(sorted(digest(item) for item in value))


@_form.register(Mapping)
def _mapping(value: Any) -> bytes:
    return b"<%b>" % _sequence(chain.from_iterable(value.items()))


@_form.register(type)
@_form.register(FunctionType)
@_form.register(MethodType)
@_form.register(type(len))
def _code(value: Any) -> bytes:
    """Name it: what it does is covered by the fingerprint of all code."""
    return f"{value.__module__}.{value.__qualname__}".encode()


@_form.register(ModuleType)
def _module(value: ModuleType) -> bytes:
    return value.__name__.encode()


@_form.register(BaseModel)
def _model(value: BaseModel) -> bytes:
    return _form(dict(value))


@_form.register(URLWrapper)
def _topic(value: URLWrapper) -> bytes:
    # Its addresses are made of these and of the settings.
    return _form((type(value).__name__, value.name, value.slug))


@_form.register(Content)
def _content(value: Content) -> bytes:
    return _form((value.url, value.save_as, value.status, value.metadata))


@_form.register(Paginator)
def _paginator(value: Paginator) -> bytes:
    return _form((value.name, value.url, value.count, value.num_pages))


@_form.register(ListPage)
def _list_page(value: ListPage) -> bytes:
    place = value.full_name, value.base_url, value.number
    return _form((*place, value.object_list))


@_form.register(PaginationRule)
def _rule(value: Any) -> bytes:
    return _form([*value])
