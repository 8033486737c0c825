"""An old address: where its page is saved, and which address none can have."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsroom.addresses import address
from newsroom.old_address import place


@pytest.mark.parametrize(
    ("typed", "saved"),
    [
        ("/2015/old-name/", "2015/old-name/index.html"),
        ("/2015/old-name", "2015/old-name/index.html"),
        ("2015/old-name/", "2015/old-name/index.html"),
        ("/", "index.html"),
        ("/news.php", "news.php/index.html"),
        ("/news.html", "news.html"),
        ("/news.html/", "news.html/index.html"),
        ("/news/index.html", "news/index.html"),
        ("/m%C3%B6wen/", "möwen/index.html"),
        ("/möwen/", "möwen/index.html"),
        ("/R&D_(2)/", "R&D_(2)/index.html"),
    ],
)
def test_a_page_is_where_the_address_shows_it(typed, saved):
    """A folder's page answers with and without its slash, an .html file as it is."""
    assert place(typed) == saved


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("https://elsewhere.org/", "leaves the site"),
        ("mailto:desk@x.org", "leaves the site"),
        ("//elsewhere.org/", "leaves the site"),
        ("/../secret/", "leaves the site"),
        ("/a/%2e%2e/%2e%2e/secret/", "leaves the site"),
        ("/?p=318", "rules of your host's own"),
        ("/old/#top", "rules of your host's own"),
        ("/CON/", "name of a device"),
        ("/old/%6Eul/", "name of a device"),
        ("/aux.html", "name of a device"),
        ("/a//b/", "cannot be an address"),
        ("/a/./b/", "cannot be an address"),
        ("/.git/", "cannot be an address"),
        ("/tags/*", "cannot be an address"),
        ("/:year/", "cannot be an address"),
        ("/a%20b/", "cannot be an address"),
        ("/a%0Ab/", "cannot be an address"),
        ("/%ff/", "cannot be an address"),
        ('/"/', "cannot be an address"),
        ("/a;b/", "cannot be an address"),
        (r"/a\b/", "cannot be an address"),
        (f"/{'ö' * 128}/", "cannot be an address"),
        (f"/{'long/' * 181}", "cannot be an address"),
    ],
)
def test_what_no_file_can_answer_is_refused(typed, words):
    """What leaves the site, what a host never looks for, what no file can be called."""
    with pytest.raises(ValueError, match=words):
        place(typed)


@given(st.text(alphabet="ab/.%2eEfF\\:?#* \0\nö-_&\ud800", max_size=30) | st.text())
def test_whatever_is_typed_stays_in_the_site(typed):
    """Each address is refused, or is of plain names below the root."""
    try:
        saved = place(typed)
    except ValueError:
        return
    names = saved.split("/")
    assert names[-1].endswith(".html")
    assert not any(name.startswith(".") or not name.isprintable() for name in names)
    assert not set(saved) & set("\\ \n\0\"'<>{}|^;:*?#%$`")
    assert place(address(saved, relative=False)) == saved
