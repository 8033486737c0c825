"""The service's log: a line of JSON for each event, without a word about a person."""

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path

_logger = logging.getLogger("intake")


class Formatter(logging.Formatter):
    """Writes our events with their fields, and of others' records only what is fixed.

    A library's message may hold an address or a comment's words; its template cannot,
    nor can the places in the code where an exception passed.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname.lower(),
        }
        fields = getattr(record, "fields", None)
        if fields is None:
            line |= {"event": "other", "logger": record.name, "message": record.msg}
        else:
            line |= {"event": record.msg} | fields
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            line["places"] = _places(record)
        return json.dumps(line, ensure_ascii=False, default=str)


def _places(record: logging.LogRecord) -> list[str]:
    frames = traceback.extract_tb(record.exc_info and record.exc_info[2])
    return [f"{Path(frame.filename).name}:{frame.lineno}" for frame in frames]


def log(event: str, level: int = logging.INFO, **fields: object) -> None:
    """Write an event; no field may say who somebody is."""
    _logger.log(level, event, extra={"fields": fields})


def begin() -> None:
    """Send every logger's warnings, and our own events, to the standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Formatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    _logger.setLevel(logging.INFO)
