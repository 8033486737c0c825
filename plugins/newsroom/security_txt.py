"""Holds security.txt to RFC 9116, whatever a theme has made of it."""

from datetime import datetime, timedelta
from pathlib import Path

from newsroom import clock
from newsroom.problems import report

PLACE = ".well-known/security.txt"
LONGEST = timedelta(days=366)


def check(output: Path, theme: Path) -> None:
    """Report what is wrong with the file in `output`, to the theme that has it."""
    lines = Path(output, PLACE).read_text("utf-8").splitlines()
    fields = [line.partition(": ") for line in lines if not line.startswith("#")]
    if not any(name.lower() == "contact" and value for name, _, value in fields):
        _report(theme, "it needs a Contact (RFC 9116, 2.5.3)")
    dates = [value for name, _, value in fields if name.lower() == "expires"]
    if len(dates) != 1:
        _report(theme, f"it needs one Expires and has {len(dates)} (RFC 9116, 2.5.5)")
    elif fault := _fault(dates[0]):
        _report(theme, f"Expires: {dates[0]} {fault} (RFC 9116, 2.5.5)")


def _fault(expires: str) -> str:
    try:
        left = datetime.fromisoformat(expires) - clock.now()
    except (ValueError, TypeError):
        return "is no date and time with its zone, as 2027-11-01T00:00:00+00:00"
    if left < timedelta(0):
        return "has passed"
    return "is more than a year from now" if left > LONGEST else ""


def _report(theme: Path, message: str) -> None:
    report(theme / "templates" / "security.txt", 0, message)
