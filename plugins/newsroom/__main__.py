"""The commands behind make, one function each."""

import argparse
import json
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from newsroom import (
    addresses,
    clock,
    new_story,
    overview,
    published,
    release,
    sameness,
    signing,
    stops,
)
from newsroom import deploy as deploying
from newsroom.badge import Badge, State
from newsroom.build import Build, build, settings_of
from newsroom.fingerprint import theme_folders
from newsroom.header import parse
from newsroom.ledger import Ledger
from newsroom.problems import FAILURES, BuildFailedError, Collector, Problem, shown
from newsroom.schema import StoryHeader, validate
from newsroom.text_file import typed_text

LEDGER_SCHEMA = Path("plugins/newsroom/ledger.schema.json")
# What to do for a story whose check does not hold any more; of how many it is told.
REMEDIES = {
    State.CHANGED: "read it again, then make sign STORY={name}",
    State.EXPIRED: "check it again, and give it a later review_by",
    State.BEING_CHECKED: "it is signed, and yet {lack}: make evidence",
    State.NONE: "it is signed, but an opinion has none",
}
MOST_TOLD = 5


def html(arguments: argparse.Namespace) -> int:
    """Build the site with relative links: it works from any folder, host or disk."""
    return _build("pelicanconf.py", **_elsewhere(arguments))


def publish(arguments: argparse.Namespace) -> int:
    """Build the site for its public address."""
    site = settings_of("publishconf.py")["SITEURL"]
    if addresses.placeholder(site) or not site.startswith(("https://", "http://")):
        print(
            f'"{site}" is no address to publish at. Give the site\'s own:\n'
            "  make publish SITEURL=https://news.example.org\n"
            "or set SITEURL in pelicanconf.py once.",
            file=sys.stderr,
        )
        return 1
    return _build("publishconf.py", **_elsewhere(arguments))


def rollback(_arguments: argparse.Namespace) -> int:
    """Put the release before the last in its place again; once more undoes it."""
    places = release.Places.of(settings_of("pelicanconf.py")["OUTPUT_PATH"])
    if not release.roll_back(places):
        print(
            f"There is no release before this one: {shown(places.previous)} is made "
            "by the second build.",
            file=sys.stderr,
        )
        return 1
    print(
        f"{places.output.name}/ is again what the build before the last one made, byte "
        "for byte; make rollback once more undoes this."
    )
    return 0


def verify(_arguments: argparse.Namespace) -> int:
    """Build the site twice, as if on two machines, and say whether it is the same."""
    site = settings_of("publishconf.py")["SITEURL"]
    command = "html" if addresses.placeholder(site) else "publish"
    epoch = int(clock.now().timestamp())
    verdict = sameness.verify(command, epoch)
    if verdict is None:
        return 1
    if verdict.differences:
        print(*verdict.differences, sep="\n", file=sys.stderr)
        print(f"{len(verdict.differences)} of the files differ.", file=sys.stderr)
        return 1
    print(f"Built twice, as on two machines: {verdict.files} files, all the same.")
    print(f"make {command}, SITEURL={site} SOURCE_DATE_EPOCH={epoch}:")
    print(f"{verdict.tree}")
    return 0


def serve(arguments: argparse.Namespace) -> int:
    """Show the site, drafts included, and build it again whenever a file is saved."""
    from newsroom import error_page  # noqa: PLC0415 - only it needs these
    from newsroom.preview import Preview  # noqa: PLC0415
    from newsroom.serve import Site  # noqa: PLC0415
    from newsroom.serve import serve as serve_site  # noqa: PLC0415
    from newsroom.style_guide import FOLDER, StyleGuide  # noqa: PLC0415

    output = Path(".preview").absolute()
    preview = Preview("pelicanconf.py", output)
    guide = StyleGuide("pelicanconf.py")
    beside = {FOLDER: output.with_name(f"{output.name}.guide")}

    def rebuild() -> bytes | None:
        try:
            _praise(preview.build())
        except BuildFailedError as failure:
            _failed(failure)
            return error_page.render(failure.problems)
        except FAILURES as error:  # which the next save may mend
            traceback.print_exc()
            unforeseen = Problem("", 0, f"{type(error).__name__}: {error}")
            return error_page.render([unforeseen])
        try:
            guide.refresh(beside[FOLDER])
            print(f"Style guide: /{FOLDER}/")
        except FAILURES as error:  # which hides no page of the site
            print(f"The style guide was not built.\n{error}", file=sys.stderr)
        return None

    site = Site(output, _watched(), rebuild, preview.glance, preview.rest)
    serve_site(site, port=arguments.port, beside=beside)
    return 0


def _watched() -> list[Path]:
    """Return what a site is made of; where no settings can be read, by usual names."""
    content, folders = "content", ["theme"]
    with suppress(*FAILURES):
        settings = settings_of("pelicanconf.py")
        content, folders = settings["PATH"], theme_folders(settings)
    return [Path(name) for name in (content, *folders, "pelicanconf.py")]


def new(_arguments: argparse.Namespace) -> int:
    """Begin a story: its folder, a header that is right, a ledger to fill in."""
    # Not arguments, whose dashes and dollars make and the shell would read.
    title, section, author = (
        os.environ.get(name, "") for name in ("NEW_TITLE", "NEW_SECTION", "NEW_AUTHOR")
    )
    settings = settings_of("pelicanconf.py")
    try:
        print(*new_story.begin(settings, title, section, author), sep="\n")
    except new_story.NewStoryError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def deploy(arguments: argparse.Namespace) -> int:
    """Show what would change at a host, or change it."""
    if not arguments.destination:
        print(
            "Where to? make deploy DEST=remote:folder, or a folder; rclone's remotes "
            "are set up by .venv/bin/rclone config",
            file=sys.stderr,
        )
        return 1
    settings = settings_of("publishconf.py")
    places = release.Places.of(settings["OUTPUT_PATH"])
    try:
        with release.locked(places):
            if why := published.hindrance(
                places.output, settings, may_be_old=arguments.old
            ):
                raise deploying.DeployError(f"{why}: make publish, then deploy again.")
            for line in deploying.deploy(
                places.output,
                arguments.destination,
                go=arguments.go,
                may_delete=arguments.delete,
            ):
                print(line, flush=True)
    except deploying.DeployError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "\nStopped on its way: every page there has all that it shows. "
            "Run it again, and it brings the rest.",
            file=sys.stderr,
        )
        return stops.exit_code()
    return 0


def sign(arguments: argparse.Namespace) -> int:
    """Sign a story's text after showing what changed in it, and say how it stands."""
    settings = settings_of("pelicanconf.py")
    article = _story(settings, arguments.story)
    if article is None:
        return 1
    try:
        print(*signing.sign(article), sep="\n")
    except signing.SigningError as error:
        print(error, file=sys.stderr)
        return 1
    _evidence(settings, [article])
    return 0


def evidence(_arguments: argparse.Namespace) -> int:
    """Print the state of every story, what its badge lacks and what ends soon."""
    return _evidence(settings_of("pelicanconf.py"))


def _evidence(settings: dict[str, Any], articles: list[Path] | None = None) -> int:
    with Collector() as collector:
        found = overview.checked(settings, articles)
    print(*overview.lines(found, clock.today(settings["TIMEZONE"])), sep="\n")
    return _told(collector.problems)


def sources(_arguments: argparse.Namespace) -> int:
    """Ask whether every source is still where its ledger says, and report which not."""
    from newsroom import source_check  # noqa: PLC0415 - only it needs httpx

    settings = settings_of("pelicanconf.py")
    with Collector() as collector:
        cited = source_check.addresses(overview.checked(settings))
    if collector.problems:
        return _told(collector.problems)
    agent = f"Standfirst source check (+{settings['SITEURL']}/)"
    answers = source_check.check(sorted(cited), agent)
    print(*source_check.lines(answers, cited), sep="\n")
    return int(any(answer.state == "dead" for answer in answers))


def audit(_arguments: argparse.Namespace) -> int:
    """Ask whether a hole is known in any library that the locks pin."""
    from newsroom import audit  # noqa: PLC0415 - only it needs pip-audit

    answers = [audit.audit(lock) for lock in audit.locks(Path())]
    print(*(line for lines, _ in answers for line in lines), sep="\n")
    if any("NOT audited" in line for lines, _ in answers for line in lines):
        print(
            "The database of known holes is PyPI's own, and must be reached; or ask "
            "another: PIP_AUDIT_VULNERABILITY_SERVICE=osv make audit",
            file=sys.stderr,
        )
    return int(not all(well for _, well in answers))


def schema(_arguments: argparse.Namespace) -> int:
    """Write the JSON Schema of ledger.toml, by which editors complete and check it."""
    document = json.dumps(Ledger.model_json_schema(), indent=1)
    LEDGER_SCHEMA.write_text(f"{document}\n", "utf-8")
    print(f"Wrote {LEDGER_SCHEMA}")
    return 0


def _story(settings: dict[str, Any], name: str) -> Path | None:
    """Find a story by the path of its folder or article, that one's name, or slug."""
    stories = overview.stories(settings)
    wanted = Path(name).absolute()
    found = [path for path in stories if wanted in (path, path.parent)] or [
        path for path in stories if name in (path.parent.name, _slug(path, settings))
    ]
    if len(found) == 1:
        return found[0]
    names = ", ".join(
        [shown(path.parent) for path in found] or [path.parent.name for path in stories]
    )
    what = "more than one story is" if found else "no story is"
    print(f'{what} called "{name}". There are: {names}', file=sys.stderr)
    return None


def _slug(article: Path, settings: dict[str, Any]) -> str:
    """Return the slug of a story whose other mistakes are told elsewhere."""
    header, _mistakes = validate(parse(typed_text(article)), StoryHeader)
    return overview.slug_of(header, settings)


def _told(problems: list[Problem]) -> int:
    """Print problems, if any; return the exit code."""
    print(
        *sorted(set(problems)), sep="\n", end="\n" if problems else "", file=sys.stderr
    )
    return int(bool(problems))


def _elsewhere(arguments: argparse.Namespace) -> dict[str, str]:
    """Return the setting that has a site built elsewhere than in its output."""
    return {"OUTPUT_PATH": arguments.output} if arguments.output else {}


def _build(settings_file: str, **override: Any) -> int:
    try:
        _praise(build(settings_file, **override))
    except BuildFailedError as failure:
        return _failed(failure)
    return 0


def _failed(failure: BuildFailedError) -> int:
    if stops.came:  # that is why, in the words of a library that was stopped half-way
        raise KeyboardInterrupt from failure
    count = len(failure.problems)
    print(*failure.problems, sep="\n", file=sys.stderr)
    if failure.books:
        print(failure.books, file=sys.stderr)
    print(
        f"{count} problem{'s' if count > 1 else ''}: nothing was built, "
        "and the site built before stands as it was.",
        file=sys.stderr,
    )
    return 1


def _praise(site: Build) -> None:
    """Say what was built, and what its address still stands on."""
    settings, report = site.settings, site.report
    if report:
        print(f"Built {report.pages} stories and pages in {site.output.name}/")
        print(report.books)
        if report.heaviest:
            print(f"Heaviest story: {report.heaviest} gzip, {report.heaviest.place}")
        for draft in report.drafts if settings["PREVIEW"] else ():
            print(f"Draft: /{draft}")
        for moment, place in report.scheduled[:MOST_TOLD]:
            print(f"To be published at {moment:%Y-%m-%d %H:%M %Z}: {place}")
        for name, badge in report.fallen[:MOST_TOLD]:
            remedy = REMEDIES[badge.state].format(name=name, lack=_lack(badge))
            print(f"{name}: {badge.state or 'no badge'}; {remedy}")
        if more := report.fallen[MOST_TOLD:]:
            print(f"The check of {len(more)} more does not hold: make evidence")
    if addresses.placeholder(settings["SITEURL"]):
        print(
            f"Its feeds and canonical links stand on a placeholder: set SITEURL "
            f"(now {settings['SITEURL']}) in pelicanconf.py."
        )


def _lack(badge: Badge) -> str:
    """Return the first thing that a badge lacks, and how many more there are."""
    more = len(badge.reasons) - 1
    return "".join(badge.reasons[:1]) + (f" (and {more} more)" if more > 0 else "")


COMMANDS = (
    html,
    publish,
    rollback,
    verify,
    deploy,
    serve,
    new,
    sign,
    evidence,
    sources,
    schema,
    audit,
)


def main() -> int:
    """Run the command that was asked for; return its exit code."""
    parser = argparse.ArgumentParser(prog="newsroom", description=__doc__)
    commands = parser.add_subparsers(required=True)
    parsers = {}
    for command in COMMANDS:
        added = commands.add_parser(command.__name__, help=command.__doc__)
        added.set_defaults(run=command)
        parsers[command] = added
    for command in (html, publish):
        parsers[command].add_argument("--output")  # `verify` builds elsewhere
    parsers[serve].add_argument("--port", type=int, default=8000)
    parsers[deploy].add_argument("destination")
    parsers[deploy].add_argument("--go", action="store_true")
    parsers[deploy].add_argument("--delete", action="store_true")
    parsers[deploy].add_argument("--old", action="store_true")
    parsers[sign].add_argument("story")
    arguments = parser.parse_args()
    try:
        with stops.heard():
            result: int = arguments.run(arguments)
    except (BuildFailedError, KeyboardInterrupt) as end:
        if isinstance(end, BuildFailedError) and not stops.came:
            return _told(end.problems)
        print("\nStopped. The site stands as the last build made it.", file=sys.stderr)
        return stops.exit_code()
    except BrokenPipeError:  # of who reads no more, as `make html | head -1`
        return 0
    return result


if __name__ == "__main__":
    code = main()
    with suppress(BrokenPipeError):
        sys.stdout.flush()
    sys.stderr.flush()
    # Python itself would first take all stories apart: a sixth of a large site's build.
    os._exit(code)
