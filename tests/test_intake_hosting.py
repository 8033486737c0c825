"""What README says of a server, tried: the nginx location and the systemd unit."""

import re
import shutil
import subprocess
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import hosts
import pytest
from intake_tools import FIELDS, FORM, SITE, make_site, running
from test_readme import README, fenced
from tools import missing

LOCATION = next(block for block in fenced("nginx") if "proxy_pass" in block)
(UNIT,) = (block for block in fenced("ini") if "ExecStart" in block)


@pytest.fixture
def site(tmp_path):
    return make_site(tmp_path / "site")


def send(address: str, headers=None, **fields: str):
    """Send the form to nginx; return the answer and its text."""
    to = HTTPConnection(urlsplit(address).netloc, timeout=20)
    body = urlencode(FIELDS | fields)
    typed = {"Content-Type": FORM, "Origin": SITE}
    to.request("POST", "/comments/send", body, typed | (headers or {}))
    answer = to.getresponse()
    text = answer.read().decode()
    to.close()
    return answer, text


def test_a_post_goes_through_nginx(site, build_content):
    """Readers are told apart by nginx's word, and not by what they write themselves."""
    output = build_content()
    variables = {"COMMENTS_PROXIES": "127.0.0.1", "COMMENTS_LIMIT": "1"}
    with running(site, **variables) as service:
        block = LOCATION.replace(":8100", f":{service.port}")
        with hosts.nginx(output, tls=False, locations=block) as address:
            answer, _ = send(address)
            assert answer.status == 303
            assert answer.headers["Location"] == f"{SITE}/comments/thanks/"
            answer, _ = send(address, {"X-Forwarded-For": "192.0.2.9"}, comment="Two")
            assert answer.headers["Location"] == f"{SITE}/comments/wait/"
            answer, text = send(address, name="")
            assert answer.status == 422
            assert len(answer.headers.get_all("Content-Security-Policy")) == 1
            assert "Please give a name" in text
            answer, _ = send(address, comment="x" * 200_000)
            assert answer.status == 413
            service.process.terminate()
            service.process.join()
            answer, _ = send(address)
            assert answer.status == 303
            assert urlsplit(answer.headers["Location"]).path == "/comments/later/"


def test_nginx_keeps_no_address_of_a_reader():
    """Its own logs would; the location switches both off."""
    assert "access_log off;" in LOCATION
    assert "error_log /dev/null crit;" in LOCATION


def test_the_unit_is_one_that_systemd_takes_and_is_closed(tmp_path):
    """systemd-analyze finds no fault in the unit, and rates its exposure as low."""
    if not shutil.which("systemd-analyze"):
        missing("systemd-analyze", "sudo apt install systemd")
    unit = tmp_path / "comments.service"
    text = UNIT.replace("User=news", "User=www-data")
    text = re.sub(r"(?<=ExecStart=)\S+", "/bin/sh", text)
    unit.write_text(text.replace("/srv/news", "/"))
    verified = subprocess.run(
        ["systemd-analyze", "verify", unit],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    ours = [line for line in verified.stderr.splitlines() if "comments.service" in line]
    assert (verified.returncode, ours) == (0, [])
    rated = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=25", unit],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert rated.returncode == 0, rated.stdout.splitlines()[-1]


def test_the_variables_of_the_unit_are_some_of_the_service(site):
    """The service starts with what the unit gives it, paths aside."""
    given = dict(re.findall(r"\b(COMMENTS_[A-Z_]+)=(\S+)", UNIT))
    assert given["COMMENTS_QUEUE"].startswith("/var/lib/comments/")
    assert "StateDirectory=comments\n" in UNIT
    given |= {"COMMENTS_STORIES": "output/comments.json", "COMMENTS_QUEUE": "queue.db"}
    with running(site, **given) as service:
        assert service.post().place == "thanks"
    assert "COMMENTS_AKISMET_KEY=…" in README
