"""The swap: a finished folder takes the place of another, or nothing happens."""

import errno

import pytest

from newsroom import swap


@pytest.fixture
def folders(tmp_path):
    """Return the folder that stands and the one that is to replace it."""
    current, new = tmp_path / "output", tmp_path / ".output.staging"
    for folder, text in ((current, "old"), (new, "new")):
        (folder / "below").mkdir(parents=True)
        (folder / "below/page.html").write_text(text)
    (current / "deleted.html").write_text("old")
    return current, new


@pytest.fixture(params=["exchange", "two renames"])
def way(request, monkeypatch):
    """Do without the exchange of two folders, where a system has none, and with it."""
    if request.param == "two renames":
        refuse(monkeypatch, errno.ENOSYS)
    return request.param


def refuse(monkeypatch, code):
    """Let the system refuse the exchange."""

    def exchange(one, other):
        raise OSError(code, "refused", str(one), str(other))

    monkeypatch.setattr(swap, "_exchange", exchange)


@pytest.mark.usefixtures("way")
def test_the_new_is_where_the_old_was_and_the_old_is_gone(folders, tmp_path):
    """All of the old folder goes, and nothing else is left behind."""
    swap.replace(*folders)
    assert [path.name for path in tmp_path.iterdir()] == ["output"]
    assert (tmp_path / "output/below/page.html").read_text() == "new"
    assert not (tmp_path / "output/deleted.html").exists()


@pytest.mark.usefixtures("way")
def test_the_first_output_replaces_nothing(folders, tmp_path):
    """A site that was never built, or was cleaned, is put in place all the same."""
    current, new = folders
    current.rename(tmp_path / "elsewhere")
    swap.replace(current, new)
    assert (current / "below/page.html").read_text() == "new"
    assert not new.exists()


@pytest.mark.parametrize("code", [errno.EACCES, errno.EBUSY, errno.EXDEV])
def test_what_cannot_be_replaced_stands(folders, monkeypatch, code):
    """Any other refusal is an error, and both folders are as they were."""
    refuse(monkeypatch, code)
    current, new = folders
    with pytest.raises(OSError, match="refused"):
        swap.replace(current, new)
    assert (current / "below/page.html").read_text() == "old"
    assert (new / "below/page.html").read_text() == "new"


def test_a_swap_that_was_stopped_hinders_no_other(folders, monkeypatch, tmp_path):
    """What a swap by two renames left behind half-way is cleared by the next."""
    refuse(monkeypatch, errno.ENOSYS)
    (tmp_path / ".output.staging.old/below").mkdir(parents=True)
    swap.replace(*folders)
    assert [path.name for path in tmp_path.iterdir()] == ["output"]
