"""`make audit`: what it says of holes that are known, and of a database not reached."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from conftest import ROOT

from newsroom import audit

HOLE = {
    "id": "PYSEC-2026-1",
    "affected": [
        {
            "package": {"name": "brotli", "ecosystem": "PyPI"},
            "ranges": [
                {"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "9.9"}]}
            ],
        }
    ],
}


class _Database(BaseHTTPRequestHandler):
    """Answers as https://google.github.io/osv.dev/post-v1-query/ says."""

    holed = ""

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = asked["package"]["name"] == self.holed
        body = json.dumps({"vulns": [HOLE]} if known else {}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing of each request."""


@contextmanager
def database(monkeypatch, holed: str) -> Iterator[None]:
    """Let pip-audit ask a database on loopback that knows a hole in one library."""
    handler = type("Database", (_Database,), {"holed": holed})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setenv("PIP_AUDIT_VULNERABILITY_SERVICE", "osv")
        address = f"http://127.0.0.1:{server.server_port}"
        monkeypatch.setenv("PIP_AUDIT_OSV_URL", address)
        try:
            yield
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def lock():
    return ROOT / "requirements.txt"


def test_a_known_hole_is_named(monkeypatch, lock):
    """The library, its version, the hole and the version that mends it are told."""
    with database(monkeypatch, "brotli"):
        (line,), well = audit.audit(lock)
    assert not well
    assert "brotli 1." in line
    assert line.endswith("has PYSEC-2026-1; mended in 9.9")


def test_without_a_hole_it_says_how_many_were_asked_about(monkeypatch, lock):
    """All is well only where the database has answered on each library."""
    with database(monkeypatch, "no-such-library"):
        (line,), well = audit.audit(lock)
    assert well
    assert int(line.split(" in ")[1].split()[0]) >= 20


def test_a_database_that_is_not_reached_is_no_clean_bill(monkeypatch, lock):
    """It says that nothing was audited, and that is a failure."""
    monkeypatch.setenv("PIP_AUDIT_VULNERABILITY_SERVICE", "osv")
    monkeypatch.setenv("PIP_AUDIT_OSV_URL", "http://127.0.0.1:9")
    (line,), well = audit.audit(lock)
    assert not well
    assert "requirements.txt: NOT audited. " in line


def test_every_lock_is_audited():
    """Those of a build, of each extra, and of the tests."""
    found = {lock.relative_to(ROOT).as_posix() for lock in audit.locks(ROOT)}
    extras = {f"requirements/{lock.name}" for lock in ROOT.glob("requirements/*")}
    assert found == {"requirements.txt", "tests/requirements.txt"} | extras
