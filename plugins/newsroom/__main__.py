"""The commands behind make: html, publish, serve."""

import argparse
import sys
from pathlib import Path

from pelican.settings import read_settings

from newsroom import addresses
from newsroom.build import Build, build
from newsroom.problems import BuildFailedError


def html(_arguments: argparse.Namespace) -> int:
    """Build the site with relative links: it works from any folder, host or disk."""
    return _build("pelicanconf.py")


def publish(_arguments: argparse.Namespace) -> int:
    """Build the site for its public address."""
    try:
        site = read_settings("publishconf.py")["SITEURL"]
    except Exception:  # the build names it with its line
        return _build("publishconf.py")
    if addresses.placeholder(site) or not site.startswith(("https://", "http://")):
        print(
            f'"{site}" is no address to publish at. Give the site\'s own:\n'
            "  make publish SITEURL=https://news.example.org\n"
            "or set SITEURL in pelicanconf.py once.",
            file=sys.stderr,
        )
        return 1
    return _build("publishconf.py")


def serve(arguments: argparse.Namespace) -> int:
    """Show the site, drafts included, and build it again whenever a file is saved."""
    from newsroom.serve import serve as serve_site  # noqa: PLC0415 - only it needs it

    preview = Path(".preview").absolute()
    watched = [Path(name) for name in ("content", "theme", "plugins", "pelicanconf.py")]

    def rebuild() -> None:
        _build("pelicanconf.py", OUTPUT_PATH=str(preview), PREVIEW=True)

    serve_site(preview, watched, rebuild, port=arguments.port)
    return 0


def _build(settings_file: str, **override: object) -> int:
    try:
        _praise(build(settings_file, **override))
    except BuildFailedError as failure:
        count = len(failure.problems)
        print(*failure.problems, sep="\n", file=sys.stderr)
        print(
            f"{count} problem{'s' if count > 1 else ''}: nothing was built, "
            "and the site built before stands as it was.",
            file=sys.stderr,
        )
        return 1
    return 0


def _praise(site: Build) -> None:
    """Say what was built, and what its address still stands on."""
    settings = site.settings
    print(f"Built {len(site.sources)} stories and pages in {site.output.name}/")
    if addresses.placeholder(settings["SITEURL"]):
        print(
            f"Its feeds and canonical links stand on a placeholder: set SITEURL "
            f"(now {settings['SITEURL']}) in pelicanconf.py."
        )


def main() -> int:
    """Run the command that was asked for; return its exit code."""
    parser = argparse.ArgumentParser(prog="newsroom", description=__doc__)
    commands = parser.add_subparsers(required=True)
    for command in (html, publish, serve):
        added = commands.add_parser(command.__name__, help=command.__doc__)
        added.set_defaults(run=command)
    added.add_argument("--port", type=int, default=8000)
    arguments = parser.parse_args()
    try:
        result: int = arguments.run(arguments)
    except KeyboardInterrupt:
        print("\nStopped. The site built before stands as it was.", file=sys.stderr)
        return 130
    return result


if __name__ == "__main__":
    sys.exit(main())
