"""security.txt: a theme that makes a wrong one is told."""

import shutil

import pytest
from conftest import ROOT

from newsroom.problems import BuildFailedError


@pytest.fixture
def theme(tmp_path, monkeypatch):
    """Return a copy of the theme that lies in the site's folder; start there."""
    monkeypatch.chdir(tmp_path)
    return shutil.copytree(ROOT / "theme", tmp_path / "theme")


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("Contact: mailto:", "Kontakt: ", "it needs a Contact (RFC 9116, 2.5.3)"),
        ("Expires: ", "Ends: ", "it needs one Expires and has 0"),
        ("Contact: ", "Expires: 2026-11-24\nContact: ", "one Expires and has 2"),
        ("{{ security_expires.isoformat() }}", "tomorrow", "is no date and time"),
        ("{{ security_expires.isoformat() }}", "2027-01-01", "is no date and time"),
        ("{{ security_expires.isoformat() }}", "2020-01-01T00:00:00Z", "has passed"),
        ("{{ security_expires.isoformat() }}", "2999-01-01T00:00:00Z", "than a year"),
    ],
)
def test_a_wrong_one_is_named(build_content, theme, old, new, complaint):
    """The build fails, and says which field is wrong in which file."""
    template = theme / "templates/security.txt"
    text = template.read_text("utf-8")
    assert old in text
    template.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(BuildFailedError) as failure:
        build_content(THEME=str(theme))
    (problem,) = failure.value.problems
    assert problem.path == "theme/templates/security.txt"
    assert complaint in problem.message
