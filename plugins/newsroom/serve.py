"""The local web server: shows the built site, and refreshes browsers as it changes."""

import os
import re
import stat
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Thread
from types import MappingProxyType
from typing import Any
from urllib.parse import quote, unquote, unquote_to_bytes

from watchfiles import watch

from newsroom import stops
from newsroom.media_types import media_type
from newsroom.state import Stamp, seen

_POLICY = re.compile(
    r'(?i)(<meta\s+http-equiv="?Content-Security-Policy"?\s+content=")([^"]*)'
)
# Nobody on the network is to see drafts.
HOST = "127.0.0.1"
_EVENTS = "/.live/events"
_SCRIPT = "/.live/reload.js"
# A page knows of which build it is, as the next may come before it listens. A refused
# connection closes an EventSource for good in some browsers, so it is made anew; one
# that comes back after a loss reloads too, as builds may have been missed.
_RELOAD = f"""\
{{
  const build = document.currentScript.dataset.build;
  (function connect(lost) {{
    const events = new EventSource("{_EVENTS}?" + build);
    events.onopen = () => lost && location.reload();
    events.onmessage = () => location.reload();
    events.onerror = () => {{ events.close(); setTimeout(connect, 1000, true); }};
  }})(false);
}}
""".encode()


@dataclass(frozen=True)
class Site:
    """What is served: the folder it is built to, what it is built of, and how.

    ``watched`` are files and folders; no build may write inside them. A page that
    ``rebuild`` returns is shown in the place of every page of the site. ``glance`` may
    show some pages before, given the names of changed files, and says whether it did;
    ``rest`` does what can wait until browsers show the build.
    """

    root: Path
    watched: Sequence[Path]
    rebuild: Callable[[], bytes | None]
    glance: Callable[[set[str]], bool] = lambda _: False
    rest: Callable[[], object] = lambda: None


def serve(
    site: Site,
    *,
    port: int = 8000,
    beside: Mapping[str, Path] = MappingProxyType({}),
) -> None:
    """Build a site, serve it, and rebuild on each change, until Ctrl-C or SIGTERM.

    ``beside`` has other sites by the first name of their addresses. Call it from the
    main thread. Raises SystemExit if the port is taken.
    """
    with (
        suppress(KeyboardInterrupt),
        stops.heard(),
        make_server(site.root, HOST, port) as server,
    ):
        address = f"http://{HOST}:{server.server_port}/"
        server.beside = beside
        print(f"Serving {address} - press Ctrl-C to stop", flush=True)
        edits = _edits(site.watched)
        next(edits)
        server.instead = site.rebuild()
        # Only now: a browser that came early waits for the build, and finds no old one.
        Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()
        try:
            site.rest()
            for changed in edits:
                if server.instead is None and site.glance(changed):
                    server.reload()
                server.instead = site.rebuild()
                server.reload()
                site.rest()
        finally:
            server.shutdown()


def make_server(root: Path, host: str, port: int) -> "Server":
    """Return a server bound to ``host`` and ``port`` (0: any free one), not yet run.

    Raises SystemExit, with the remedy, if the port cannot be had.
    """
    try:
        return Server(root, host, port)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", error)
        other = next(spare for spare in (8001, 8002) if spare != port)
        raise SystemExit(
            f"Cannot serve on port {port} of {host}: {reason}. "
            f"Choose another: make serve PORT={other}"
        ) from None


class Server(ThreadingHTTPServer):
    """A server of one folder that can tell the browsers looking at it to reload."""

    heartbeat = 15.0  # seconds

    def __init__(self, root: Path, host: str, port: int) -> None:
        """Bind the port; ``root`` need not exist yet."""
        self.root = root.absolute()
        self.instead: bytes | None = None
        self.beside: Mapping[str, Path] = {}
        self.builds = 0
        self._ended = False
        self._news = Condition()
        super().__init__((host, port), _Handler)

    def reload(self) -> None:
        """Tell every open browser that there is a new build."""
        with self._news:
            self.builds += 1
            self._news.notify_all()

    def await_build(self, seen: int) -> int | None:
        """Return the newest build's number: above ``seen``, or equal after a heartbeat.

        None says that the server has shut down.
        """
        with self._news:
            self._news.wait_for(
                lambda: self._ended or self.builds > seen, self.heartbeat
            )
            return None if self._ended else self.builds

    def shutdown(self) -> None:
        """End the event streams, then the server."""
        with self._news:
            self._ended = True
            self._news.notify_all()
        super().shutdown()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report a fault, but not a browser that left before its answer."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    """One request, answered as a static host would."""

    server: Server

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        self.build = self.server.builds  # before all is read: after it, one may come
        if path == _EVENTS:
            self._send_events(int(query) if query.isdecimal() else self.build)
        elif path == _SCRIPT:
            self._send(HTTPStatus.OK, ".js", _RELOAD)
        else:
            # http.server reads requests as Latin-1: back to the bytes that came.
            self._send_path(unquote_to_bytes(path.encode("latin-1")))

    do_HEAD = do_GET  # noqa: N815 - the name http.server looks for

    def _send_path(self, path: bytes) -> None:
        found = self._found(path)
        body = _read(found)
        # Not found.is_dir(), which raises for a name longer than any file's may be.
        is_folder = found and os.path.isdir(found)  # noqa: PTH112
        is_file = found and body is not None and found.suffix != ".html"
        if self.server.instead and not is_file:
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            self._send(status, ".html", self.server.instead)
        elif is_folder and not path.endswith(b"/"):
            self._redirect(path)
        elif found and body is not None:
            self._send(HTTPStatus.OK, found.suffix, body)
        elif page := _read(_find(self.server.root, b"/404.html")):
            self._send(HTTPStatus.NOT_FOUND, ".html", page)
        else:
            self._send(HTTPStatus.NOT_FOUND, ".txt", b"404 Not Found\n")

    def _found(self, path: bytes) -> Path | None:
        first, slash, rest = path.removeprefix(b"/").partition(b"/")
        if root := self.server.beside.get(first.decode("latin-1")):
            return _find(root, slash + rest) if slash else root
        return _find(self.server.root, path)

    def _redirect(self, path: bytes) -> None:
        _, mark, query = self.path.partition("?")
        self.send_response(HTTPStatus.MOVED_PERMANENTLY)
        # One slash, then a quoted name: "//" or "/\" would lead to another site.
        self.send_header("Location", f"/{quote(path.strip(b'/'))}/{mark}{query}")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _send(self, status: HTTPStatus, suffix: str, body: bytes) -> None:
        kind = media_type(suffix)
        if suffix.lower() == ".html":
            body = _live(body, self.build, lost=status == HTTPStatus.NOT_FOUND)
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _send_events(self, seen: int) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        if self.command == "HEAD":
            return
        while (build := self.server.await_build(seen)) is not None:
            self.wfile.write(b"data: reload\n\n" if build > seen else b":\n\n")
            seen = build

    def end_headers(self) -> None:
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_request(self, code: int | str = "-", size: object = "-") -> None:  # noqa: ARG002
        if code == HTTPStatus.NOT_FOUND:
            # repr() keeps control characters in a request from the terminal.
            print(f"404 {unquote(self.path)!r}", file=sys.stderr)

    def log_error(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def _find(root: Path, path: bytes) -> Path | None:
    """Return the real path that a URL path leads to, or None if it is not public."""
    if not path.startswith(b"/") or b"\0" in path:
        return None
    if path.endswith(b"/"):
        path += b"index.html"
    names = [n for n in path.decode("utf-8", "surrogateescape").split("/") if n]
    home = Path(os.path.realpath(root))
    found = Path(os.path.realpath(home.joinpath(*names)))
    if not found.is_relative_to(home):
        return None
    # ".." counts as a dotfile; the one exception is RFC 8615's.
    for name in (*names, *found.relative_to(home).parts):
        if name.startswith(".") and name != ".well-known":
            return None
    return found


def _read(path: Path | None) -> bytes | None:
    with suppress(OSError):
        if path and path.is_file():
            return path.read_bytes()
    return None


def _live(page: bytes, build: int, *, lost: bool) -> bytes:
    """Return a page of a build with the reload script, and a policy that lets it run.

    ``lost`` is for the 404 page: its relative links then start at the site's root.
    """
    html = page.decode("latin-1")  # any bytes survive the round trip
    if lost:
        html = re.sub(r"(?i)<head(\s[^>]*)?>", r'\g<0><base href="/">', html, count=1)
        html = html.replace("base-uri 'none'", "base-uri 'self'")
    html = _POLICY.sub(lambda found: found[1] + _widened(found[2]), html)
    before, end, after = html.rpartition("</body>")
    script = f'<script src="{_SCRIPT}" data-build="{build}"></script>'
    html = before + script + end + after if end else html + script
    return html.encode("latin-1")


def _widened(policy: str) -> str:
    # Of two directives with one name only the first counts (CSP 3, section 2.2.1), so
    # a page that has its own, as the search page may, keeps it with 'self' added.
    for name in ("connect-src", "script-src"):
        rule = rf"(?i)(?<![\w-]){name}(?![\w-])(\s+'(none|self)')?"
        policy, count = re.subn(rule, f"{name} 'self'", policy)
        policy = policy if count else f"{name} 'self'; {policy}"
    return policy


def _edits(watched: Sequence[Path]) -> Iterator[set[str]]:
    """Yield at once, and again after each batch of edits to ``watched``.

    Of files in the folders, the names are given.

    Folders are watched without a break, so an edit made during a build counts. Files
    are looked at: a watch misses the second of two saves that replace one.
    """
    while True:
        folders, files = _folders(watched), _files(watched)
        batches = watch(*folders, step=20, rust_timeout=100, yield_on_timeout=True)
        next(batches)
        yield set()
        for edits in batches:
            if _folders(watched) != folders:
                break  # what went and came is not watched any more
            before, files = files, _files(watched)
            if edits or files != before:
                yield {name for _, name in edits}


def _folders(paths: Sequence[Path]) -> dict[Path, int]:
    """Return the inodes of those that are folders."""
    found = {}
    for path in paths:
        with suppress(FileNotFoundError):  # while an editor puts another there
            now = path.stat()
            if stat.S_ISDIR(now.st_mode):
                found[path] = now.st_ino
    return found


def _files(paths: Sequence[Path]) -> dict[Path, Stamp]:
    """Return the stamps of those that are no folders."""
    return {path: seen(path) for path in paths if not path.is_dir()}
