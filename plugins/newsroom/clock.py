"""The build's date: the clock's, or SOURCE_DATE_EPOCH's so that builds can be repeated.

https://reproducible-builds.org/specs/source-date-epoch/
"""

import os
from datetime import UTC, datetime


def now() -> datetime:
    """Return the moment that this build counts as the present, in UTC."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    return datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
