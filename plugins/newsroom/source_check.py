"""`make sources`: asks politely whether the sources of all ledgers are still there."""

from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser

import anyio
import httpx

from newsroom.overview import Checked

TIMEOUT = 20.0  # seconds
GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
# What asking meets; the last is of a host's name that no name can be (RFC 5891).
FAILURES = (httpx.HTTPError, httpx.InvalidURL, UnicodeError)
MOVED = {HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT}


@dataclass(frozen=True)
class Answer:
    """What an address answered: "alive", "moved", "dead" or "unknown", and why."""

    url: str
    state: str
    why: str = ""


def addresses(found: list[Checked]) -> dict[str, list[str]]:
    """Return every address of a source or its archived copy, with who cites it."""
    cited: dict[str, list[str]] = {}
    for story in found:
        for name, source in (story.ledger.sources if story.ledger else {}).items():
            for url in filter(None, (source.url, source.archived)):
                cited.setdefault(url, []).append(f"{story.article.parent.name}/{name}")
    return cited


def check(urls: list[str], agent: str, timeout: float = TIMEOUT) -> list[Answer]:
    """Ask each address once; all hosts at a time, but each host one thing at a time."""
    hosts: dict[str, list[str]] = {}
    answers: dict[str, Answer] = {}
    for url in urls:
        try:
            parts = urlsplit(url)
            parts.port  # noqa: B018 - asked for its ValueError
            hosts.setdefault(parts.hostname or "", []).append(url)
        except ValueError as error:
            answers[url] = Answer(url, "unknown", f"no address: {error}")

    async def ask_all() -> None:
        async with (
            httpx.AsyncClient(headers={"User-Agent": agent}, timeout=timeout) as client,
            anyio.create_task_group() as group,
        ):
            for theirs in hosts.values():
                group.start_soon(_ask_host, client, theirs, answers)

    anyio.run(ask_all)
    return [answers[url] for url in urls]


async def _ask_host(
    client: httpx.AsyncClient, urls: list[str], answers: dict[str, Answer]
) -> None:
    rules: dict[str, RobotFileParser] = {}
    for url in urls:
        parts = urlsplit(url)
        server = f"{parts.scheme}://{parts.netloc}".lower()
        if server not in rules:
            rules[server] = await _robots(client, server)
        if rules[server].can_fetch(client.headers["User-Agent"], url):
            answers[url] = await _ask(client, url)
        else:
            answers[url] = Answer(url, "unknown", "robots.txt asks not to look")


async def _robots(client: httpx.AsyncClient, server: str) -> RobotFileParser:
    """Return the server's rules.

    RFC 9309, section 2.3.1: no such file allows all, an error of the server nothing.
    """
    rules = RobotFileParser()
    try:
        answer = await client.get(f"{server}/robots.txt", follow_redirects=True)
    except FAILURES:
        rules.parse([])  # the address itself will say what is wrong
        return rules
    if answer.is_server_error:
        rules.parse(["User-agent: *", "Disallow: /"])
    else:
        rules.parse(answer.text.splitlines() if answer.is_success else [])
    return rules


async def _ask(client: httpx.AsyncClient, url: str) -> Answer:
    """Ask for one address, without reading what it holds."""
    try:
        async with client.stream("GET", url) as answer:
            return _answer(url, answer)
    except FAILURES as error:
        return Answer(url, "unknown", f"{type(error).__name__}: {error}".rstrip(": "))


def _answer(url: str, answer: httpx.Response) -> Answer:
    status = answer.status_code
    why = f"{status} {answer.reason_phrase}"
    if status in GONE:
        return Answer(url, "dead", why)
    if status in MOVED:
        return Answer(url, "moved", f"to {answer.headers.get('location', '?')}")
    if answer.is_success or answer.is_redirect:
        return Answer(url, "alive")
    return Answer(url, "unknown", why)


def lines(answers: list[Answer], cited: dict[str, list[str]]) -> Iterator[str]:
    """Say which addresses are dead, moved or unknown, and which sources they are."""
    for answer in answers:
        if answer.state != "alive":
            where = ", ".join(cited[answer.url])
            yield f"{answer.state}: {answer.url} ({answer.why}), {where}"
    alive = sum(answer.state == "alive" for answer in answers)
    yield f"{alive} of {len(answers)} addresses are alive."
