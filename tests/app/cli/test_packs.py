import json
from pathlib import Path

import pytest

from thresher.app.locations import Locations

from .conftest import Thresher

PACK = """
format: 1
domain: {domain}
title: Ships
description: Ships and their ports.
record_types:
  - name: ship
    title: Ship
    instructions: Find the ship.
    fields:
      - {{name: port, type: {type}, description: Home port}}
"""


def make_pack(folder: Path, type: str = "string") -> Path:
    folder.mkdir(parents=True)
    (folder / "pack.yaml").write_text(PACK.format(domain=folder.name, type=type))
    return folder


def test_the_list_has_the_twelve_domains_and_the_users_own(thresher: Thresher, home: Locations) -> None:
    make_pack(home.packs / "shipping")
    listed = {
        pack["domain"]: pack["record_types"] for pack in json.loads(thresher("packs", "list", "--json").out)
    }
    assert len(listed) >= 13
    assert listed["shipping"] == ["ship"]
    assert "receipt" in listed["expenses"]
    assert "shipping" in thresher("packs").out


def test_a_broken_pack_of_the_users_is_named_and_stops_no_other(thresher: Thresher, home: Locations) -> None:
    make_pack(home.packs / "shipping", type="colour")
    ended = thresher("packs")
    assert ended.code == 0
    assert "pack.yaml" in ended.err
    assert "shipping" not in ended.out


@pytest.mark.parametrize(
    "command",
    [
        ("packs", "list"),
        ("packs", "show", "expenses"),
        ("adapters", "list"),
        ("evaluate", "-d", "expenses", "--records", "LINES", "--predictions", "LINES"),
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_a_script_reads_of_a_broken_pack_in_json(
    thresher: Thresher, home: Locations, tmp_path: Path, command: tuple[str, ...]
) -> None:
    file = make_pack(home.packs / "shipping", type="colour") / "pack.yaml"
    lines = tmp_path / "lines.jsonl"
    lines.write_text('{"id": "1", "input": "x", "output": {"company": "Mill"}}\n')
    ended = thresher(*(lines if word == "LINES" else word for word in command), "--json")
    assert ended.code == 0
    (note,) = map(json.loads, ended.err.splitlines())
    assert (note["kind"], note["message"].startswith(f"{file}: ")) == ("note", True)
    json.loads(ended.out)


def test_where_the_domains_own_pack_is_broken_the_shipped_one_does_not_stand_in(
    thresher: Thresher, home: Locations
) -> None:
    make_pack(home.packs / "expenses", type="strng")
    for ended in (
        thresher("packs", "show", "expenses"),
        thresher("train", "-d", "expenses", "--labels", "none.jsonl"),
        thresher("evaluate", "-d", "expenses", "--records", "none.jsonl"),
    ):
        assert ended.code == 2
        assert (
            f"error: {home.packs / 'expenses' / 'pack.yaml'}: record_types.ship.fields.port.type" in ended.err
        )


def test_show_names_every_field(thresher: Thresher) -> None:
    told = json.loads(thresher("packs", "show", "expenses", "--json").out)
    (receipt,) = (t for t in told["record_types"] if t["name"] == "receipt")
    plain = thresher("packs", "show", "expenses").out
    assert all(field["name"] in plain and field["type"] in plain for field in receipt["fields"])


def test_show_of_an_unknown_domain_offers_the_nearest(thresher: Thresher) -> None:
    ended = thresher("packs", "show", "expense")
    assert ended.code == 2
    assert "'expenses'" in ended.err


def test_check_says_what_is_good_and_what_is_wrong(thresher: Thresher, tmp_path: Path) -> None:
    good = thresher("packs", "check", make_pack(tmp_path / "good"))
    assert good.code == 0
    assert "good/ship: 1 field, 0 examples" in good.out
    bad = thresher("packs", "check", make_pack(tmp_path / "bad", type="colour"))
    assert bad.code == 2
    assert "type" in bad.err
