"""The list of parts: all that the lock pins, valid, and the same bytes each time."""

import json
import re

import pytest
from conftest import ROOT
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from newsroom import parts_list


@pytest.mark.parametrize("search", [False, True])
def test_it_is_of_every_library_that_the_lock_pins(tmp_path, search):
    """Each has its version and its hashes, in a document that CycloneDX calls valid."""
    (tmp_path / ".well-known").mkdir()
    parts_list.write(tmp_path, search=search)
    text = (tmp_path / ".well-known/sbom").read_text("utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    lock = parts_list.LOCKS[search].read_text("utf-8")
    pinned = set(re.findall(r"^([\w.-]+)==([\w.]+)", lock, re.MULTILINE))
    document = json.loads(text)
    parts = document["components"]
    assert {(part["name"], part["version"]) for part in parts} == pinned
    assert all(part["externalReferences"][0]["hashes"] for part in parts)
    assert ("pagefind" in {part["name"] for part in parts}) == search
    assert document["metadata"]["component"]["name"] == "standfirst"


def test_it_is_the_same_each_time(tmp_path, monkeypatch):
    """It has neither a date nor a number drawn by lot, nor this machine's paths."""
    texts = []
    for epoch in ("1", "1795305600"):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
        output = tmp_path / epoch
        (output / ".well-known").mkdir(parents=True)
        parts_list.write(output, search=False)
        texts.append((output / ".well-known/sbom").read_bytes())
    assert texts[0] == texts[1]
    assert str(ROOT).encode() not in texts[0]


def test_only_a_publish_has_it(build_content):
    """What is built to be read from a disk is not given away."""
    assert not (build_content() / ".well-known/sbom").exists()
