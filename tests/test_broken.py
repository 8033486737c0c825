"""Sites that must fail: what each author is told, in full, and that the old one stands.

A folder of tests/broken/ is laid over tests/minimal; expected.txt is what is printed.
"""

import shutil

import pytest
from conftest import TESTS

from newsroom.problems import BuildFailedError

FAULTS = sorted(file.parent for file in TESTS.glob("broken/*/expected.txt"))


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_broken_site_is_not_built(
    fault, content, build_content, tmp_path, monkeypatch
):
    """Each mistake is named once, with its place, and the output stands as it was."""
    monkeypatch.chdir(tmp_path)
    page = tmp_path / "output/index.html"
    page.parent.mkdir()
    page.write_text("the site built before")
    page.with_name("trust.json").write_text("by which a build knows its own")
    shutil.copytree(
        fault,
        content,
        ignore=shutil.ignore_patterns("expected.txt"),
        dirs_exist_ok=True,
    )
    with pytest.raises(BuildFailedError) as failure:
        build_content()
    expected = (fault / "expected.txt").read_text("utf-8")
    assert str(failure.value).splitlines() == expected.splitlines()
    assert sorted(path.read_text() for path in page.parent.iterdir()) == [
        "by which a build knows its own",
        "the site built before",
    ]


def test_no_folder_is_without_its_expected_lines():
    """A fault that nobody expects anything of would never be built."""
    assert len(FAULTS) >= 28
    assert sorted(TESTS.glob("broken/*")) == FAULTS
