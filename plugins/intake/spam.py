"""Asks Akismet whether a comment is spam, and tells it where it was wrong.

https://akismet.com/developers/detailed-docs/comment-check/
"""

from datetime import UTC, datetime

import akismet
import httpx

from intake.limit import Address
from intake.log import log
from intake.queue import Sent, Waiting

AKISMET = "https://rest.akismet.com"
TIMEOUT = 3.0  # seconds; a reader waits meanwhile
HAM, SPAM, DISCARD = "ham", "spam", "discard"
VERDICTS = {
    akismet.CheckResponse.HAM: HAM,
    akismet.CheckResponse.SPAM: SPAM,
    akismet.CheckResponse.DISCARD: DISCARD,
}
UNCHECKED = "unchecked"
# Addresses are not kept, so a report has none; WordPress writes an erased one so.
NO_ADDRESS = "0.0.0.0"  # noqa: S104 - nothing is bound to it


class KeyRefusedError(Exception):
    """Akismet does not know the key; the message says what to do."""


class _Elsewhere(httpx.HTTPTransport):
    """Sends what is meant for Akismet's own host to another that speaks as it does."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = httpx.URL(base)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.url = request.url.copy_with(
            scheme=self._base.scheme,
            netloc=self._base.netloc,
            raw_path=self._base.raw_path.rstrip(b"/") + request.url.raw_path,
        )
        request.headers["Host"] = self._base.netloc.decode()
        return super().handle_request(request)


class Akismet:
    """Akismet as it stands to one site; without a key, each comment is unchecked."""

    def __init__(self, key: str, site: str, language: str, api: str) -> None:
        self._language = language
        self._client = key and akismet.SyncClient(
            akismet.Config(key, f"{site}/"),
            httpx.Client(
                headers={"User-Agent": f"Standfirst | {akismet.USER_AGENT}"},
                timeout=TIMEOUT,
                transport=None if api == AKISMET else _Elsewhere(api),
            ),
        )

    def verify(self) -> None:
        """Raise KeyRefusedError for a wrong key; log if Akismet cannot be asked now."""
        if not self._client:
            log("akismet-has-no-key")
            return
        try:
            valid = self._client.verify_key()
        except akismet.AkismetError as error:
            log("akismet-failed", at="verify-key", why=_why(error))
            return
        if not valid:
            raise KeyRefusedError(
                "Akismet does not know the key in COMMENTS_AKISMET_KEY for this site. "
                "Copy it from akismet.com, or unset it: then every comment waits for "
                "a person."
            )

    def check(
        self, sent: Sent, address: Address, agent: str, referrer: str, permalink: str
    ) -> str:
        """Return ham, spam, discard, or "unchecked" and why: it waits for a person."""
        if not self._client:
            return f"{UNCHECKED}: no key"
        try:
            answer = self._client.comment_check(
                str(address),
                **self._fields(sent, permalink, datetime.now(UTC))
                | {"user_agent": agent, "referrer": referrer},
            )
        except akismet.AkismetError as error:
            why = _why(error)
            log("akismet-failed", at="comment-check", why=why)
            return f"{UNCHECKED}: {why}"
        return VERDICTS[answer]

    def report(self, row: Waiting, verdict: str) -> bool:
        """Tell Akismet that a comment is `verdict`; return whether it heard."""
        if not self._client:
            return False
        submit = {HAM: self._client.submit_ham, SPAM: self._client.submit_spam}[verdict]
        sent = Sent(
            row.story, row.parent, row.name, row.email or "", row.website, row.text
        )
        try:
            received = datetime.fromisoformat(row.received)
            return submit(NO_ADDRESS, **self._fields(sent, row.url, received))
        except akismet.AkismetError as error:
            log("akismet-failed", at=f"submit-{verdict}", why=_why(error))
            return False

    def _fields(
        self, sent: Sent, permalink: str, received: datetime
    ) -> akismet.AkismetArguments:
        return {
            "permalink": permalink,
            "comment_date_gmt": f"{received:%Y-%m-%dT%H:%M:%SZ}",
            "comment_type": "comment",
            "comment_author": sent.name,
            "comment_author_email": sent.email,
            "comment_author_url": sent.website,
            "comment_content": sent.text,
            "blog_lang": self._language.replace("-", "_").lower(),
            "blog_charset": "UTF-8",
        }


def _why(error: akismet.AkismetError) -> str:
    """Say what went wrong in a word: Akismet's own words may repeat the comment's."""
    match error:
        case akismet.APIKeyError():
            return "wrong key"
        case akismet.ProtocolError():
            return "no answer that can be understood"
    match error.__cause__:
        case httpx.TimeoutException():
            return "too slow"
        case httpx.HTTPStatusError() as failed:
            return f"status {failed.response.status_code}"
    return "not reached"
