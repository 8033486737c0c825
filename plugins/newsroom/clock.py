"""The build's date: the clock's, or SOURCE_DATE_EPOCH's so that builds can be repeated.

https://reproducible-builds.org/specs/source-date-epoch/

Whoever asks also says until when the answer is right, so that no page is kept for
longer: what asks `now` is made anew in every build.
"""

import os
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from newsroom import trace


def now() -> datetime:
    """Return the moment that this build counts as the present, in UTC."""
    moment = _present()
    trace.holds_until(moment)
    return moment


def passed(moment: datetime) -> bool:
    """Whether it is `moment` or later."""
    if _present() >= moment:
        return True
    trace.holds_until(moment)
    return False


def today(zone: str, until: date | None = None) -> date:
    """Return the day that it is now in a time zone, as Europe/Berlin.

    `until` is the last day on which what is made of the answer is right; date.max says
    that it always is. Without it, that is today.
    """
    day = _present().astimezone(ZoneInfo(zone)).date()
    last = until or day
    if day <= last < date.max:
        midnight = datetime.combine(last + timedelta(days=1), time(), ZoneInfo(zone))
        trace.holds_until(midnight)
    return day


def _present() -> datetime:
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError) as error:
        raise SystemExit(
            f"SOURCE_DATE_EPOCH={epoch} is no count of seconds."
        ) from error
