"""`make bench`: how many comments the service takes, beside Isso at the same work."""

import os
import re
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import hosts
from intake_tools import SITE, SLUG, environment, make_site

RUNS, SECONDS, CONNECTIONS, THREADS = 3, 4, 16, 8
# Both keep a comment in SQLite for a moderator; Isso behind the same server as ours.
ISSO = ("isso==0.14.0", "waitress==3.0.2")
ISSO_SETTINGS = """
[general]
dbpath = {folder}/isso.db
host = {site}
[moderation]
enabled = true
[guard]
enabled = false
"""
# A request of wrk's; each has words of its own.
POST = """
local count = 0
request = function()
  count = count + 1
  local body = string.gsub([==[{body}]==], "COUNT", os.time() .. "-" .. count)
  return wrk.format("POST", "{path}", {{
    ["Content-Type"] = "{type}", ["Origin"] = "{site}"
  }}, body)
end
"""
WORDS = "The quay is longer than that, COUNT times. I measured it with a rope. "
FORM = (
    f"story={SLUG}&parent=&name=Mia&email=mia@readers.test&website=&subject=&comment="
)
JSON = '{"author": "Mia", "email": "mia@readers.test", "title": "Story", "text": "%s"}'


@dataclass
class Load:
    """Comments taken in a second, and the milliseconds that 99 of 100 took at most."""

    rate: float
    slowest: float


def load(wrk: str, folder: Path, address: str, **post: str) -> Load:
    """Send comments as fast as they are taken."""
    script = folder / "post.lua"
    script.write_text(POST.format(site=SITE, **post))
    options = [
        "-t1",
        f"-c{CONNECTIONS}",
        f"-d{SECONDS}s",
        "--timeout",
        "30s",
        "--latency",
    ]
    said = subprocess.run(
        [wrk, *options, "-s", script, address],
        capture_output=True,
        check=True,
        text=True,
    ).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        raise RuntimeError(f"{address}: {said}")
    (rate,) = re.findall(r"^Requests/sec: +([0-9.]+)", said, re.MULTILINE)
    ((slowest, unit),) = re.findall(r"99% +([0-9.]+)(us|ms|s)", said)
    return Load(float(rate), float(slowest) * {"us": 0.001, "ms": 1, "s": 1000}[unit])


@contextmanager
def served(command: list[str], folder: Path, port: int, **more: str) -> Iterator[str]:
    """Run a server in `folder` until the end of the block."""
    with subprocess.Popen(
        command,
        cwd=folder,
        env=environment(**more),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        hosts.await_port(port, process)
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def stored(database: Path) -> int:
    """Return how many comments a database has."""
    with sqlite3.connect(database) as sql:
        (count,) = sql.execute("SELECT count(*) FROM comments").fetchone()
    sql.close()
    return int(count)


def ours(wrk: str, folder: Path) -> Load:
    """Measure the service on a site of one story."""
    site = make_site(folder / "site")
    port = hosts.free_port()
    given = {"COMMENTS_LISTEN": f"127.0.0.1:{port}", "COMMENTS_LIMIT": "1000000000"}
    command = [sys.executable, "-m", "intake", "serve"]
    with served(command, site, port, **given) as address:
        body = FORM + WORDS.replace(" ", "+")
        type_ = "application/x-www-form-urlencoded"
        found = load(wrk, folder, address, path="/", type=type_, body=body)
    return _believed(found, site / ".comments/queue.db")


def issos(wrk: str, folder: Path, python: Path) -> Load:
    """Measure Isso on a thread of its own."""
    settings = folder / "isso.cfg"
    settings.write_text(ISSO_SETTINGS.format(folder=folder, site=SITE))
    port = hosts.free_port()
    command = [python, "-m", "waitress", "--listen", f"127.0.0.1:{port}"]
    command += ["--threads", str(THREADS), "isso.run:application"]
    with served(command, folder, port, ISSO_SETTINGS=str(settings)) as address:
        path, type_ = f"/new?uri=/2026/{SLUG}/", "application/json"
        body = JSON % WORDS
        found = load(wrk, folder, address, path=path, type=type_, body=body)
    return _believed(found, folder / "isso.db")


def _believed(found: Load, database: Path) -> Load:
    """Return what was measured, if all that was answered was also kept."""
    if stored(database) < found.rate * SECONDS * 0.95:
        raise RuntimeError(f"{database} has {stored(database)} comments: {found}")
    return found


def main() -> None:
    """Measure the two in turn, and print the medians and their ratio."""
    wrk = shutil.which("wrk")
    if not wrk:
        print("Comments were NOT measured. To measure them: sudo apt install wrk")
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        venv.create(folder / "venv", with_pip=True)
        python = folder / "venv/bin/python"
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", *ISSO],
            check=True,
            env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
        )
        runs: dict[str, list[Load]] = {"this": [], "Isso": []}
        for number in range(RUNS):
            for who, found in runs.items():
                place = folder / f"{who}-{number}"
                place.mkdir()
                rest = (python,) if who == "Isso" else ()
                found.append((ours if who == "this" else issos)(wrk, place, *rest))
                time.sleep(0.5)
    rates = {
        who: statistics.median(f.rate for f in found) for who, found in runs.items()
    }
    slowest = {
        who: statistics.median(f.slowest for f in found) for who, found in runs.items()
    }
    print(
        f"Comments a second: {rates['this']:,.0f} (99 of 100 within "
        f"{slowest['this']:.0f} ms), Isso 0.14 {rates['Isso']:,.0f} (within "
        f"{slowest['Isso']:.0f} ms): {rates['this'] / rates['Isso']:.2f} x"
    )


if __name__ == "__main__":
    main()
