"""security.txt: a theme that makes a wrong one is told."""

import shutil
from pathlib import Path

import pytest
from conftest import ROOT

from newsroom import security_txt
from newsroom.problems import BuildFailedError, Collector

CONTACT, EXPIRES = "Contact: mailto:a@b.test", "Expires: 2027-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ([CONTACT, EXPIRES], ""),
        (["# a comment", "contact: https://b.test", EXPIRES.replace("E", "e")], ""),
        ([EXPIRES], "it needs a Contact (RFC 9116, 2.5.3)"),
        (["Contact: ", EXPIRES], "it needs a Contact (RFC 9116, 2.5.3)"),
        ([CONTACT], "it needs one Expires and has 0"),
        ([CONTACT, EXPIRES, EXPIRES], "it needs one Expires and has 2"),
        ([CONTACT, "Expires: tomorrow"], "is no date and time with its zone"),
        ([CONTACT, "Expires: 2027-01-01"], "is no date and time with its zone"),
        ([CONTACT, "Expires: 2020-01-01T00:00:00Z"], "has passed"),
        ([CONTACT, "Expires: 2999-01-01T00:00:00Z"], "more than a year from now"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, monkeypatch, lines, complaint):
    """One sentence says what, with the section of the RFC; what is right is passed."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795305600")  # 2026-11-22
    place = tmp_path / security_txt.PLACE
    place.parent.mkdir()
    place.write_text("\n".join(lines))
    with Collector() as collector:
        security_txt.check(tmp_path, Path("theme"))
    assert len(collector.problems) == bool(complaint)
    for problem in collector.problems:
        assert problem.path == "theme/templates/security.txt"
        assert complaint in problem.message


def test_the_build_asks(build_content, tmp_path, monkeypatch):
    """A theme that leaves Expires out builds no site."""
    monkeypatch.chdir(tmp_path)
    theme = shutil.copytree(ROOT / "theme", tmp_path / "theme")
    template = theme / "templates/security.txt"
    template.write_text("Contact: mailto:{{ NEWSDESK_EMAIL }}\n", "utf-8")
    with pytest.raises(BuildFailedError, match="needs one Expires and has 0"):
        build_content(THEME=str(theme))
