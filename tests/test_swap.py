"""The exchange: two folders change places at once, or nothing happens."""

import errno

import pytest

from newsroom import swap


@pytest.fixture
def folders(tmp_path):
    """Return two folders, each with a file that says which it is."""
    one, other = tmp_path / "output", tmp_path / ".output.staging"
    for folder in (one, other):
        (folder / "below").mkdir(parents=True)
        (folder / "below/page.html").write_text(folder.name)
    return one, other


@pytest.fixture(params=["exchange", "renames"])
def way(request, monkeypatch):
    """Do without the exchange of two folders, where a system has none, and with it."""
    if request.param == "renames":
        refuse(monkeypatch, errno.ENOSYS)
    return request.param


def refuse(monkeypatch, code):
    """Let the system refuse the exchange."""

    def exchange(one, other):
        raise OSError(code, "refused", str(one), str(other))

    monkeypatch.setattr(swap, "_exchange", exchange)


def said(*folders):
    """Return what is in each folder's file."""
    return [(folder / "below/page.html").read_text() for folder in folders]


@pytest.mark.usefixtures("way")
def test_each_is_where_the_other_was(folders, tmp_path):
    """Both are whole, and nothing else is left behind."""
    swap.exchange(*folders)
    assert said(*folders) == [".output.staging", "output"]
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("code", [errno.EACCES, errno.EBUSY, errno.EXDEV])
def test_what_cannot_be_exchanged_stands(folders, monkeypatch, code):
    """Any other refusal is an error, and both folders are as they were."""
    refuse(monkeypatch, code)
    with pytest.raises(OSError, match="refused"):
        swap.exchange(*folders)
    assert said(*folders) == ["output", ".output.staging"]


@pytest.mark.parametrize("steps", [0, 1, 2, 3])
def test_renames_that_were_stopped_are_ended_by_the_next(folders, tmp_path, steps):
    """Wherever they stopped, both folders are there again, whole."""
    one, other = folders
    aside = tmp_path / ".output.staging.aside"
    for source, target in [(one, aside), (other, one), (aside, other)][:steps]:
        source.rename(target)
    swap.recover(one, other)
    assert sorted(said(*folders)) == [".output.staging", "output"]
    assert not aside.exists()
