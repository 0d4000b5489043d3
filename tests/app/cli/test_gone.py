"""What was promoted can be undone, whatever became of its pack, its record type or the adapter's folder."""

import shutil

import pytest

from thresher.app.locations import Locations

from ..conftest import AddAdapter
from .conftest import Thresher

LIBRARY = """format: 1
domain: library
title: Library
description: Letters to readers.
record_types:
  - name: overdue_notice
    title: Notice
    instructions: Read.
    fields:
      - name: reader
        type: string
"""


@pytest.mark.parametrize("record_type", ["", "overdue_notice"])
@pytest.mark.parametrize("change", ["pack gone", "pack broken", "record type renamed"])
def test_what_was_promoted_is_undone_whatever_became_of_its_pack(
    thresher: Thresher, add_adapter: AddAdapter, home_with_tiny: Locations, change: str, record_type: str
) -> None:
    pack = home_with_tiny.packs / "library"
    pack.mkdir(parents=True)
    (pack / "pack.yaml").write_text(LIBRARY, "utf-8")
    of = ("-r", record_type) if record_type else ()
    for seed, name in enumerate(("one", "two")):
        add_adapter(name, seed, domain=None)
        assert thresher("adapters", "promote", name, "-d", "library", *of).code == 0
    if change == "pack gone":
        shutil.rmtree(pack)
    else:
        broken = "[" if change == "pack broken" else LIBRARY.replace("overdue_notice", "notice")
        (pack / "pack.yaml").write_text(broken, "utf-8")
    told = thresher("adapters", "remove", "two").err
    rollback = told[told.index("adapters rollback") : told.index("`, or remove")].split()
    for name in ("two", "one"):
        ended = thresher(*rollback)
        assert ended.code == 0, ended.err
        assert "library" in ended.err
        answers = change == "record type renamed" and not record_type
        assert (" answers again" if answers else ": rolled back. But ") in ended.err
        assert thresher("adapters", "remove", name).code == 0
    assert thresher(*rollback).code == 2


def test_what_no_promotion_names_must_be_in_a_pack_to_be_rolled_back(
    thresher: Thresher, add_adapter: AddAdapter
) -> None:
    add_adapter("one", 1)
    assert thresher("adapters", "promote", "one").code == 0
    for domain, of, meant in (("expense", (), "'expenses'"), ("expenses", ("-r", "receit"), "'receipt'")):
        ended = thresher("adapters", "rollback", "-d", domain, *of)
        assert (ended.code, f"Did you mean {meant}?" in ended.err) == (2, True)
    assert "one is live already" in thresher("adapters", "promote", "one").err


def test_one_that_is_gone_is_removed_from_what_is_live(thresher: Thresher, add_adapter: AddAdapter) -> None:
    folder = add_adapter("one", 1)
    add_adapter("two", 2)
    for name in ("one", "two"):
        thresher("adapters", "promote", name)
    shutil.rmtree(folder)
    thresher("adapters", "rollback", "-d", "expenses")
    ended = thresher("adapters", "remove", "one")
    assert (ended.code, "one is live for expenses. Roll back first" in ended.err) == (2, True)
    assert thresher("adapters", "verify").code == 1
    assert thresher("adapters", "remove", "one", "--force").code == 0
    assert thresher("adapters", "verify").code == 0
    ended = thresher("adapters", "remove", "one", "--force")
    assert (ended.code, "there is no adapter 'one'" in ended.err) == (2, True)
