"""The commands of the service and of the desk, one function each."""

import argparse
import logging
import os
import sys
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import Any
from zoneinfo import ZoneInfo

from intake.config import Config, ConfigError, read
from intake.log import begin as begin_log
from intake.log import log
from intake.moderation import Moderation
from intake.origins import origin_of
from intake.queue import DecisionError, Queue, QueueError, Waiting
from intake.spam import Akismet, KeyRefusedError
from intake.stories import Source, StoriesError
from newsroom.build import settings_of
from newsroom.problems import BuildFailedError

SETTINGS = "pelicanconf.py"
DAY = timedelta(days=1).total_seconds()
# What commands are given, by their names.
GIVEN = {
    "list": "--state spam",
    **dict.fromkeys(("approve", "spam", "delete"), "12 13"),
    "forget": "ann@example.org --name Ann",
}


def serve(config: Config, settings: dict[str, Any], _: argparse.Namespace) -> int:
    """Take comments from the form until it is stopped."""
    from intake.answer import Theme  # noqa: PLC0415 - only it needs these
    from intake.app import make_app  # noqa: PLC0415
    from intake.checks import Checks  # noqa: PLC0415
    from intake.limit import Limit  # noqa: PLC0415
    from intake.server import serve as run  # noqa: PLC0415

    own = origin_of(settings["COMMENTS_URL"])
    if own is None:
        raise ConfigError(
            f"COMMENTS_URL in {SETTINGS} is empty, so no form leads to this service. "
            'Set it, as COMMENTS_URL = "http://127.0.0.1:8100/", and build the site.'
        )
    begin_log()
    source = Source(config.COMMENTS_STORIES)
    moderation = _moderation(config, settings)
    moderation.akismet.verify()
    checks = Checks(
        stories=source,
        origins=config.COMMENTS_ORIGINS,
        own=own,
        proxies=config.COMMENTS_PROXIES,
        limit=Limit(config.COMMENTS_LIMIT),
        akismet=moderation.akismet,
        queue=moderation.queue,
        zone=ZoneInfo(settings["TIMEZONE"]),
    )
    stopped = Event()
    Thread(target=_purge_daily, args=(moderation, stopped), daemon=True).start()
    run(make_app(checks, Theme(settings)), config.COMMENTS_LISTEN)
    stopped.set()
    moderation.queue.close()
    return 0


def desk(config: Config, settings: dict[str, Any], _: argparse.Namespace) -> int:
    """Decide on the comments that wait, one at a time."""
    from intake.desk import Desk  # noqa: PLC0415 - only it needs textual

    Desk(_moderation(config, settings)).run()
    return 0


def list_(config: Config, settings: dict[str, Any], given: argparse.Namespace) -> int:
    """Print the comments that wait, or those that are spam or published."""
    for row in _moderation(config, settings).queue.rows(given.state):
        words = " ".join(row.text.split())
        print(
            f"{row.id}\t{row.received}\t{row.story}\t{row.verdict}\t{row.name}\t{words}"
        )
    return 0


def decide(config: Config, settings: dict[str, Any], given: argparse.Namespace) -> int:
    """Carry out one decision on each of the comments given."""
    moderation = _moderation(config, settings)
    for number in given.ids:
        print(getattr(moderation, given.decision)(_row(moderation, number)))
    return 0


def purge(config: Config, settings: dict[str, Any], _: argparse.Namespace) -> int:
    """Erase what was kept its time; the service does so by itself once a day."""
    print(_moderation(config, settings).purge())
    return 0


def forget(config: Config, settings: dict[str, Any], given: argparse.Namespace) -> int:
    """Delete all that is kept of a person, and say what it was."""
    for line in _moderation(config, settings).forget(given.email, given.name):
        print(line, flush=True)  # it is done, whatever happens next
    return 0


def _moderation(config: Config, settings: dict[str, Any]) -> Moderation:
    return Moderation(
        Queue(config.COMMENTS_QUEUE, config.COMMENTS_QUEUE_MB),
        Akismet(
            config.COMMENTS_AKISMET_KEY,
            Source(config.COMMENTS_STORIES).current().site,
            settings["DEFAULT_LANG"],
            config.COMMENTS_AKISMET_URL,
        ),
        Path(settings["PATH"]),
    )


def _row(moderation: Moderation, number: int) -> Waiting:
    row = moderation.queue.get(number)
    if row is None:
        raise DecisionError(
            f"There is no comment {number}. The list: make comments DO=list"
        )
    return row


def _purge_daily(moderation: Moderation, stopped: Event) -> None:
    while True:
        try:
            moderation.purge()
        except QueueError as error:
            log("purge-failed", logging.ERROR, why=str(error))
        if stopped.wait(DAY):
            return


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make comments", description=__doc__)
    commands = parser.add_subparsers(required=True)

    def add(name: str, run: Any, words: str | None = None) -> argparse.ArgumentParser:
        # As make passes it on; argparse would write "make comments approve".
        usage = f'make comments DO="{name} {GIVEN.get(name, "")}'.rstrip() + '"'
        added = commands.add_parser(name, help=words or run.__doc__, usage=usage)
        added.set_defaults(run=run, decision=name)
        return added

    add("serve", serve)
    add("desk", desk)
    listed = add("list", list_)
    listed.add_argument(
        "--state", choices=("pending", "approved", "spam"), default="pending"
    )
    for name, words in (
        ("approve", "Publish comments: write their files, erase their e-mails."),
        ("spam", "Take comments for spam."),
        ("delete", "Forget comments, and take them off the site."),
    ):
        add(name, decide, words).add_argument("ids", type=int, nargs="+")
    add("purge", purge)
    forgotten = add("forget", forget)
    forgotten.add_argument("email")
    forgotten.add_argument("--name", default="", help="the name they published under")
    return parser


def main() -> int:
    """Run the command that was asked for; return its exit code."""
    given = _parser().parse_args()
    try:
        result: int = given.run(read(os.environ), settings_of(SETTINGS), given)
    except (
        BuildFailedError,
        ConfigError,
        DecisionError,
        KeyRefusedError,
        QueueError,
        StoriesError,
    ) as error:
        print(error, file=sys.stderr)
        return 1
    return result


if __name__ == "__main__":
    sys.exit(main())
