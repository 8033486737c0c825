"""Every page of both sites is HTML as the standard has it."""

import json
import subprocess
from pathlib import Path

from tools import java, vnu_jar

# What a policy blocks is asked of a browser (test_browser.py). vnu takes JSON-LD for a
# script that runs, and knows no 'self' for a file.
NOT_ITS_MATTER = r".*violates Content Security Policy \(meta tag\).*"
OPTIONS = ("--format", "json", "--skip-non-html", "--stdout")


def test_vnu_finds_neither_an_error_nor_a_warning(
    owners_site, fixture_site, guide_site
):
    """The Nu Html Checker has nothing to say about any page."""
    messages = checked(owners_site, fixture_site, guide_site)
    assert not messages, f"{len(messages)} messages:\n" + "\n".join(messages)


def test_vnu_would_find_one(tmp_path):
    """A page that is wrong, and one that is merely odd, are both named."""
    start = "<!doctype html><html lang=en><title>A</title>"
    (tmp_path / "fault.html").write_text(f"{start}<p><b></p>")
    (tmp_path / "oddity.html").write_text(f"{start}<section></section>")
    names = {Path(message.partition(":")[0]).name for message in checked(tmp_path)}
    assert names == {"fault.html", "oddity.html"}


def checked(*folders: Path) -> list[str]:
    """Return what vnu says about the HTML below `folders`, one run for all."""
    command = [java(), "-jar", vnu_jar(), *OPTIONS]
    command += ["--filterpattern", NOT_ITS_MATTER, *folders]
    run = subprocess.run(command, capture_output=True, check=False)
    if not run.stdout:  # it could not even begin
        raise RuntimeError(run.stderr.decode())
    return [
        f"{message.get('url', '').removeprefix('file:')}:{message.get('lastLine', 0)}: "
        f"{message['message']} {message.get('extract', '')!r}"
        for message in json.loads(run.stdout)["messages"]
    ]
