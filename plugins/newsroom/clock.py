"""The build's date: the clock's, or SOURCE_DATE_EPOCH's so that builds can be repeated.

https://reproducible-builds.org/specs/source-date-epoch/
"""

import os
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def today(zone: str) -> date:
    """Return the day that it is now in a time zone, as Europe/Berlin."""
    return now().astimezone(ZoneInfo(zone)).date()


def now() -> datetime:
    """Return the moment that this build counts as the present, in UTC."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if not epoch:
        return datetime.now(UTC)
    try:
        return datetime.fromtimestamp(int(epoch), UTC)
    except (ValueError, OverflowError) as error:
        raise SystemExit(
            f"SOURCE_DATE_EPOCH={epoch} is no count of seconds."
        ) from error
