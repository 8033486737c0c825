"""What the form sends: its fields, and the mistakes in them that a reader can mend."""

import re
from dataclasses import dataclass
from urllib.parse import parse_qsl

from intake.queue import Sent
from newsroom.comment_file import is_web_address
from newsroom.marks import hidden_marks, without_marks
from newsroom.schema import SLUG
from newsroom.text_file import LEFT_OVER

FIELDS = ("story", "parent", "name", "email", "website", "comment", "subject")
# A field that people do not meet; whoever fills it in is a robot.
HONEYPOT = "subject"
LONGEST = {"name": 80, "email": 254, "website": 500, "comment": 10_000}
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


class FormError(Exception):
    """No form of the site sends this; the message says what is wrong with it."""


@dataclass(frozen=True)
class Form:
    """The fields as they were sent, all of them, and the mistakes by field."""

    values: dict[str, str]
    mistakes: dict[str, str]

    @property
    def is_trapped(self) -> bool:
        """Whether the field that people do not meet is filled in."""
        return bool(self.values[HONEYPOT])

    def sent(self) -> Sent:
        """Return the comment; only of a form without mistakes."""
        clean = {name: value for name, value in self.values.items() if name != HONEYPOT}
        return Sent(text=clean.pop("comment"), **clean)


def parse(body: bytes) -> Form:
    """Read a body of the type application/x-www-form-urlencoded (WHATWG URL, 5.1)."""
    try:
        pairs = parse_qsl(
            body.decode("ascii"),
            keep_blank_values=True,
            strict_parsing=True,
            errors="strict",
            max_num_fields=len(FIELDS),
        )
    except ValueError as error:
        raise FormError("The form's fields cannot be read.") from error
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names) or not {"story", "comment"} <= set(names):
        raise FormError("A field of the form is missing, or there twice.")
    if unknown := set(names) - set(FIELDS):
        raise FormError(f"The form has {len(unknown)} fields too many.")
    values = dict.fromkeys(FIELDS, "") | dict(pairs)
    values = {name: _cleaned(name, value) for name, value in values.items()}
    for name, what in (("story", "story"), ("parent", "comment to answer")):
        if values[name] and not SLUG.fullmatch(values[name]):
            raise FormError(f"The form names no {what} of this site.")
    return Form(values, _mistakes(values))


def _cleaned(name: str, value: str) -> str:
    """Return a value without what no keyboard types; refuse what no browser sends."""
    if "\0" in value:
        raise FormError("The form has a NUL character.")
    if name == "comment":
        # A text copied out of a PDF has form feeds and the like.
        return _visible(value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if re.search(r"[\x01-\x08\x0a-\x1f\x7f]", value):
        raise FormError("A field of one line has a line break or a control character.")
    return " ".join(_visible(value).split())


def _visible(text: str) -> str:
    """Return `text` without marks that a build refuses, those too that become so."""
    while any(hidden_marks(text)):
        text = without_marks(text)
    return text


def _mistakes(values: dict[str, str]) -> dict[str, str]:
    checks = {"name": _name, "email": _email, "website": _website, "comment": _comment}
    found = {name: _too_long(name, values[name]) for name in checks}
    for name, check in checks.items():
        found[name] = found[name] or check(values[name])
    return {name: sentence for name, sentence in found.items() if sentence}


def _too_long(name: str, value: str) -> str:
    most = LONGEST[name]
    if len(value) <= most:
        return ""
    return f"At most {most:,} characters, please; these are {len(value):,}."


def _name(value: str) -> str:
    if not value:
        return "Please give a name; it is shown with your comment."
    if not any(map(str.isalnum, value)):
        return "Please give a name with a letter or a digit in it."
    return ""


def _email(value: str) -> str:
    if not value:
        return "Please give your e-mail address; it is not published."
    if not EMAIL.fullmatch(value):
        return "This is no e-mail address; one looks like you@example.org."
    return ""


def _website(value: str) -> str:
    if not value or is_web_address(value):
        return ""
    return "This is no web address; one looks like https://example.org."


def _comment(value: str) -> str:
    if not value:
        return "Please write a comment."
    if left_over := LEFT_OVER.search(value):
        # A build takes such a line for one that git left in a file.
        return f"Please put a space before the line “{left_over[0][:20]} …”."
    return ""
