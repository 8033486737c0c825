"""The local web server: what it serves, what it refuses, and how it refreshes."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from threading import Thread, Timer

import pytest

from newsroom.serve import Server, make_server

POLICY = "default-src 'none'; style-src 'self'; base-uri 'none'"
PAGE = (
    '<!doctype html><html><head><meta charset="utf-8">'
    f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"></head>'
    "<body><h1>Überschrift</h1></body></html>"
)
SCRIPT = '<script src="/.live/reload.js" data-build="0"></script>'
PROGRAM = """
import shutil, sys, time
from pathlib import Path
from newsroom.serve import Site, serve

root, port, *watched = sys.argv[1:]

def rebuild():
    staging = Path(root + ".staging")
    staging.mkdir()
    (staging / "index.html").write_bytes(Path(watched[0]).read_bytes())
    shutil.rmtree(root, ignore_errors=True)
    staging.rename(root)
    print("rebuilt", flush=True)
    while Path(root).with_name("slow").exists():
        time.sleep(0.01)

serve(Site(Path(root), [Path(name) for name in watched], rebuild), port=int(port))
print("ended", flush=True)
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    root = tmp_path / ".preview"
    for name in ("news/été", ".git", ".well-known", "evil.com"):
        (root / name).mkdir(parents=True)
    for name in ("index.html", "404.html", "news/index.html", "news/été/index.html"):
        (root / name).write_text(PAGE, encoding="utf-8")
    for name in (".env", ".git/config", ".well-known/security.txt", "news/a.txt"):
        (root / name).write_text("text\n", encoding="utf-8")
    (tmp_path / "outside.txt").write_text("secret\n", encoding="utf-8")
    return root


@pytest.fixture
def server(root: Path) -> Iterator[Server]:
    with make_server(root, "127.0.0.1", 0) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def program(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Run serve() for a site of one watched page."""
    (tmp_path / "page.html").write_text("one")
    with running(tmp_path, 0) as process:
        yield process


@contextmanager
def running(folder: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Run the program, for 20 s at most: then a test waiting for its words fails."""
    watched = [str(folder / name) for name in ("page.html", "missing")]
    plugins = Path(__file__).parents[1] / "plugins"
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(folder / "site"), str(port), *watched],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(plugins)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        watchdog = Timer(20, process.kill)
        watchdog.start()
        try:
            yield process
        finally:
            watchdog.cancel()
            process.kill()


def lines(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout
    return (line.strip() for line in process.stdout)


def port_of(process: subprocess.Popen[str]) -> int:
    """Wait for the first build, and return the port the program says it serves."""
    said = lines(process)
    port = int(next(said).split("/")[2].split(":")[1])
    assert next(said) == "rebuilt"
    return port


def ask(port: int, path: str, method: str = "GET") -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request(method, path)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def get(server: Server, path: str) -> tuple[int, str]:
    response, body = ask(server.server_port, path)
    return response.status, body.decode()


def raw(server: Server, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.server_port), 5) as line:
        line.sendall(request + b" HTTP/1.1\r\nHost: localhost\r\n\r\n")
        return b"".join(iter(lambda: line.recv(65536), b""))


def listen(port: int, query: str = "") -> HTTPResponse:
    """Open the event stream, past its headers."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("GET", f"/.live/events{query}")
    return connection.getresponse()


@pytest.mark.parametrize(
    ("path", "file"),
    [
        ("/news/a.txt", "news/a.txt"),
        ("/news/a.txt?v=1", "news/a.txt"),
        ("/.well-known/security.txt", ".well-known/security.txt"),
    ],
)
def test_a_file_is_served_as_it_is(server, root, path, file):
    """A file comes byte for byte, whatever the query says."""
    assert get(server, path) == (200, (root / file).read_text())


@pytest.mark.parametrize("path", ["/", "/news/", "/news/%C3%A9t%C3%A9/", "/?q=1"])
def test_a_folder_gives_its_index(server, path):
    """A path that ends in a slash gives the folder's index.html."""
    status, page = get(server, path)
    assert status == 200
    assert "Überschrift" in page


@pytest.mark.parametrize(
    ("path", "location"),
    [
        (b"/news", b"/news/"),
        (b"/news?a=1&b=%2F", b"/news/?a=1&b=%2F"),
        (b"/news/%C3%A9t%C3%A9", b"/news/%C3%A9t%C3%A9/"),
        ("/news/été".encode(), b"/news/%C3%A9t%C3%A9/"),
        (b"//evil.com", b"/evil.com/"),
        (b"/%2Fevil.com", b"/evil.com/"),
        (b"/%2f%2fevil.com?x", b"/evil.com/?x"),
        (b"/%5Cevil.com", b"/%5Cevil.com/"),
    ],
)
def test_a_folder_without_its_slash_redirects_inside_the_site(
    server, root, path, location
):
    """A folder named without its slash redirects to it, never to another site."""
    (root / r"\evil.com").mkdir()
    answer = raw(server, b"GET " + path)
    assert answer.startswith(b"HTTP/1.0 301 ")
    assert b"\r\nLocation: " + location + b"\r\n" in answer


@pytest.mark.parametrize(
    "path",
    [
        "/../outside.txt",
        "/news/../../outside.txt",
        "/%2e%2e/outside.txt",
        "/..%2foutside.txt",
        "/%2e%2e%2foutside.txt",
        r"/..\outside.txt",
        "/..%5coutside.txt",
        "/news/..%00/outside.txt",
        "/news/a.txt%00",
        "/news/a.txt%00.html",
        "//../outside.txt",
        "/link.txt",
        "/link/outside.txt",
        "/loop",
        "/hidden.txt",
        "/.env",
        "/%2eenv",
        "/.git/config",
        "/.git/",
        "/.git",
        "/.well-known/.env",
        "/.well-known/../.env",
        "/.live/",
        "/.live/other",
        "/evil.com/",
        "/index.html/",
        "/missing",
        "/%ff",
        "/" + "long" * 100,
        "http://127.0.0.1/news/a.txt",
        "?x",
        "*",
    ],
)
def test_what_is_not_public_is_missing(server, root, path):
    """Nothing outside the site, hidden or unlisted is served: each is a plain 404."""
    (root / "link.txt").symlink_to(root.parent / "outside.txt")
    (root / "link").symlink_to(root.parent)
    (root / "loop").symlink_to("loop")
    (root / "hidden.txt").symlink_to(".env")
    answer = raw(server, b"GET " + path.encode())
    assert answer.startswith(b"HTTP/1.0 404 ")
    assert "Überschrift".encode() in answer
    assert b"secret" not in answer


def test_another_site_is_served_beside_it(server, tmp_path):
    """Below the name that it was given, and nothing outside of it."""
    other = tmp_path / "other"
    (other / "a").mkdir(parents=True)
    (other / "a/index.html").write_text("beside")
    server.beside = {"guide": other}
    assert get(server, "/guide/a/")[1].startswith("beside")
    assert raw(server, b"GET /guide").startswith(b"HTTP/1.0 301 ")
    assert get(server, "/guide/../news/a.txt")[0] == 404
    assert get(server, "/guide/b")[0] == 404
    assert get(server, "/news/a.txt")[0] == 200


def test_a_page_may_be_shown_instead_of_all_others(server):
    """Pages, there or not, give way to it, with a status that says so; files stay."""
    server.instead = b"<h1>Mistakes</h1>"
    for path in ("/", "/news/", "/missing"):
        status, page = get(server, path)
        assert (status, page[:17]) == (500, "<h1>Mistakes</h1>")
        assert SCRIPT in page
    assert get(server, "/news/a.txt") == (200, "text\n")


def test_a_link_inside_the_site_is_followed(server, root):
    """A symbolic link to another public file of the site works."""
    (root / "b.txt").symlink_to("news/a.txt")
    assert get(server, "/b.txt") == (200, "text\n")


def test_a_site_without_a_404_page_says_so_in_plain_text(server, root):
    """Without 404.html, the answer is one line of text."""
    (root / "404.html").unlink()
    response, body = ask(server.server_port, "/missing")
    assert (response.status, body) == (404, b"404 Not Found\n")
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_a_site_not_yet_built_is_missing(server, root):
    """Before the first build, every page is a 404."""
    shutil.rmtree(root)
    assert get(server, "/")[0] == 404


def test_a_site_replaced_as_a_whole_is_seen_at_once(server, root):
    """After the folder is exchanged for another, answers come from the new one."""
    assert get(server, "/news/a.txt")[0] == 200
    root.rename(root.with_name("old"))
    root.mkdir()
    (root / "new.txt").write_text("new")
    assert get(server, "/news/a.txt")[0] == 404
    assert get(server, "/new.txt") == (200, "new")


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"]
)
def test_only_reading_is_allowed(server, method):
    """Any method but GET and HEAD is refused."""
    assert ask(server.server_port, "/", method)[0].status in {405, 501}


@pytest.mark.parametrize(
    "path", ["/", "/news", "/missing", "/news/a.txt", "/.live/reload.js"]
)
def test_head_is_get_without_the_body(server, path):
    """HEAD gives the status and headers of GET, and no body."""
    full, _ = ask(server.server_port, path)
    head, body = ask(server.server_port, path, "HEAD")
    assert (head.status, body) == (full.status, b"")
    for name in ("Content-Type", "Content-Length", "Location"):
        assert head.headers[name] == full.headers[name]


def test_head_of_the_event_stream_ends(server):
    """HEAD of the event stream gives its headers and ends."""
    response, _ = ask(server.server_port, "/.live/events", "HEAD")
    assert response.headers["Content-Type"] == "text/event-stream"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.html", "text/html; charset=utf-8"),
        ("a.css", "text/css; charset=utf-8"),
        ("a.js", "text/javascript; charset=utf-8"),
        ("a.txt", "text/plain; charset=utf-8"),
        ("feed.xml", "text/xml; charset=utf-8"),
        ("A.SVG", "image/svg+xml; charset=utf-8"),
        ("a.json", "application/json"),
        ("a.webmanifest", "application/manifest+json"),
        ("a.avif", "image/avif"),
        ("a.webp", "image/webp"),
        ("a.jpg", "image/jpeg"),
        ("a.woff2", "font/woff2"),
        ("CNAME", "application/octet-stream"),
        ("a.tar.gz", "application/octet-stream"),
    ],
)
def test_content_types(server, root, name, kind):
    """Each kind of file has its type, and text says that it is UTF-8."""
    (root / name).touch()
    response, _ = ask(server.server_port, f"/{name}")
    assert response.headers["Content-Type"] == kind


@pytest.mark.parametrize(
    "path", ["/", "/news", "/missing", "/news/a.txt", "/.live/reload.js"]
)
def test_nothing_is_kept_in_a_cache(server, path):
    """Every answer says no-store, so that a browser never shows an old build."""
    response, _ = ask(server.server_port, path)
    assert response.headers["Cache-Control"] == "no-store"


def test_only_missing_pages_are_logged(server, capfd):
    """The log is one line for each 404, safe for a terminal, and nothing else."""
    for path in ("/", "/news", "/news/a.txt", "/missing%1B%5B2J?q=1"):
        get(server, path)
    ask(server.server_port, "/", "POST")
    assert capfd.readouterr().err == "404 '/missing\\x1b[2J?q=1'\n"


def test_a_browser_that_leaves_early_is_no_fault(server, root, capfd):
    """A connection dropped before its answer prints no traceback."""
    (root / "big.bin").write_bytes(bytes(30_000_000))
    with socket.create_connection(("127.0.0.1", server.server_port)) as line:
        line.sendall(b"GET /big.bin HTTP/1.0\r\n\r\n")
        line.recv(10)
    time.sleep(0.2)
    assert capfd.readouterr().err == ""


def test_a_served_page_can_refresh_itself(server, root):
    """The served copy has the script and a policy for it; the file has neither."""
    policy = f"script-src 'self'; connect-src 'self'; {POLICY}"
    live = PAGE.replace(POLICY, policy).replace("</body>", SCRIPT + "</body>")
    assert get(server, "/") == (200, live)
    assert (root / "index.html").read_text(encoding="utf-8") == PAGE


def test_a_page_without_body_tag_or_policy_gets_the_script_at_its_end(server, root):
    """The script comes last in a page that leaves </body> out, and bytes survive."""
    (root / "a.html").write_bytes(b"<p>caf\xe9")
    body = ask(server.server_port, "/a.html")[1]
    assert body == b"<p>caf\xe9" + SCRIPT.encode()


@pytest.mark.parametrize(
    ("policy", "live"),
    [
        (
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src "
            "'self'",
            "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src "
            "'self'",
        ),
        (
            "script-src 'none'; connect-src https://api.example",
            "script-src 'self'; connect-src 'self' https://api.example",
        ),
        (
            "script-src-elem 'none'",
            "script-src 'self'; connect-src 'self'; script-src-elem 'none'",
        ),
    ],
)
def test_a_policy_of_its_own_is_widened_not_hidden(server, root, policy, live):
    """A page that allows scripts of its own still allows them in the served copy."""
    (root / "index.html").write_text(PAGE.replace(POLICY, policy), encoding="utf-8")
    assert f'content="{live}"' in get(server, "/")[1]


def test_the_404_page_works_at_any_depth(server):
    """A 404's relative links start at the site's root, and its policy lets them."""
    status, page = get(server, "/a/b/c")
    assert status == 404
    assert '<head><base href="/"><meta' in page
    assert "base-uri 'self'" in page
    assert "base-uri 'none'" not in page
    assert SCRIPT in page
    assert "<base" not in get(server, "/404.html")[1]


def test_the_reload_script_listens_to_the_event_stream(server):
    """The script opens the stream by its path and reloads on a message."""
    status, script = get(server, "/.live/reload.js")
    assert status == 200
    assert 'new EventSource("/.live/events?" + build)' in script
    assert "location.reload()" in script


def test_a_build_is_told_to_every_open_browser(server):
    """One message for each build reaches each listener."""
    streams = [listen(server.server_port) for _ in range(3)]
    for _ in range(2):
        server.reload()
        for stream in streams:
            assert stream.headers["Content-Type"] == "text/event-stream"
            assert stream.readline() == b"data: reload\n"
            assert stream.readline() == b"\n"
    for stream in streams:
        stream.close()


def test_a_page_hears_of_a_build_that_came_before_it_listened(server):
    """It says of which build it is, and is told at once if there is a newer one."""
    page = get(server, "/")[1]
    server.reload()
    assert 'data-build="0"' in page
    assert 'data-build="1"' in get(server, "/")[1]
    with listen(server.server_port, "?0") as stream:
        assert stream.readline() == b"data: reload\n"


def test_a_quiet_stream_has_a_heartbeat(server):
    """Comments keep a stream open while nothing is built, and old builds are none."""
    server.reload()
    server.heartbeat = 0.05
    with listen(server.server_port) as stream:
        assert [stream.readline() for _ in range(3)] == [b":\n", b"\n", b":\n"]


def test_a_stream_ends_with_the_server(server):
    """Shutting down ends the open streams at once."""
    with listen(server.server_port) as stream:
        server.shutdown()
        assert stream.read() == b""


def test_a_taken_port_is_told_with_its_remedy(server, root):
    """A port in use ends in one sentence that names it and how to choose another."""
    port = server.server_port
    with pytest.raises(SystemExit) as stopped:
        make_server(root, "127.0.0.1", port)
    assert stopped.value.code == (
        f"Cannot serve on port {port} of 127.0.0.1: Address already in use. "
        "Choose another: make serve PORT=8001"
    )


def test_a_port_that_cannot_be_is_told_alike(root):
    """A port above 65535 is a sentence too."""
    with pytest.raises(SystemExit, match=r"port must be 0-65535.*PORT=8001"):
        make_server(root, "127.0.0.1", 80000)


def test_serve_ends_in_one_line_if_its_port_is_taken(server, tmp_path):
    """serve() with a taken port builds nothing, and prints one line, no traceback."""
    with running(tmp_path, server.server_port) as process:
        out, err = process.communicate(timeout=10)
    assert (process.returncode, out) == (1, "")
    assert err.startswith("Cannot serve on port")
    assert err.count("\n") == 1


def test_an_edit_rebuilds_and_reloads(program, tmp_path):
    """Every save, also one that replaces the file, is built, then told to browsers."""
    port = port_of(program)
    with listen(port) as stream:
        for text in ("two", "three", "four"):
            (tmp_path / "new.html").write_text(text)
            (tmp_path / "new.html").rename(tmp_path / "page.html")
            assert next(lines(program)) == "rebuilt"
            assert stream.readline() == b"data: reload\n"
            assert stream.readline() == b"\n"
            assert ask(port, "/")[1].decode().startswith(f"{text}<script ")


def test_an_edit_during_a_build_is_built_next(program, tmp_path):
    """A save while a build runs is not lost: another build follows it."""
    port = port_of(program)
    with listen(port) as stream:
        (tmp_path / "slow").touch()
        (tmp_path / "page.html").write_text("two")
        assert next(lines(program)) == "rebuilt"
        (tmp_path / "page.html").write_text("three")
        (tmp_path / "slow").unlink()
        assert next(lines(program)) == "rebuilt"
        assert stream.readline() == b"data: reload\n"
        assert ask(port, "/")[1].decode().startswith("three<script ")


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("when", ["first build", "build", "watch"])
def test_a_signal_ends_it_at_once(tmp_path, stop, when):
    """Ctrl-C and SIGTERM end it within 3 s, without a traceback, during anything."""
    (tmp_path / "page.html").write_text("one")
    if when == "first build":
        (tmp_path / "slow").touch()
    with running(tmp_path, 0) as process:
        port = port_of(process)
        if when == "build":
            ask(port, "/")
            (tmp_path / "slow").touch()
            (tmp_path / "page.html").write_text("two")
            assert next(lines(process)) == "rebuilt"
        if when == "watch":
            with listen(port) as stream:
                process.send_signal(stop)
                assert stream.read() == b""
        else:
            process.send_signal(stop)
        out, err = process.communicate(timeout=3)
    assert process.returncode in {0, 130}
    assert (out, err) == ("ended\n", "")
