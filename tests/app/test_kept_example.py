"""A record that is right becomes an example of its pack: as it was corrected, or not at all."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thresher.adapters.errors import PackError, UsageError
from thresher.adapters.fields import Field
from thresher.adapters.pack_library import find_packs
from thresher.adapters.shots import LONGEST, beside
from thresher.app.documents.document import Document, sha256_of_text
from thresher.app.kept_example import KeptExample, has_own_pack, keep_example
from thresher.app.locations import Locations
from thresher.app.pack_shots import pack_shots
from thresher.app.record import Outcome, Record, Value
from thresher.app.store.store import Store
from thresher.app.task import Task

from .own_pack import write_pack

FIELDS = (
    Field(name="reader", type="person"),
    Field(name="fee", type="number"),
    Field(name="items", type="list[string]"),
    Field(name="level", type="enum", values=("first", "second")),
)
TEXT = "Arun Pillay, please bring back Growing Beans. Fee 4.00. SECOND"
VALUES = {
    "reader": Value("Arun Pillay", Outcome.FOUND, 0.9),
    "fee": Value(4.0, Outcome.FOUND, 0.9),
    "items": Value(["Beans"], Outcome.FOUND, 0.5),
    "level": Value(None, Outcome.ABSENT, 0.6),
}


@pytest.fixture
def home(tmp_path: Path) -> Locations:
    """A home with the user's own pack `library`."""
    locations = Locations(tmp_path / "home")
    write_pack(locations.packs, "library", "notice", FIELDS)
    return locations


@pytest.fixture
def store(home: Locations) -> Iterator[Store]:
    with Store.open(home) as opened:
        yield opened


def stored(
    home: Locations,
    store: Store,
    text: str = TEXT,
    *,
    path: str | None = "in/Notice (2).PDF",
    values: dict[str, Value] | None = None,
    fields: tuple[Field, ...] | None = None,
    domain: str = "library",
) -> int:
    """The number of a record of a text, as a run stores it."""
    pack = find_packs(home.packs).packs["library"].record_types["notice"]
    asked = pack.fields if fields is None else fields
    task = Task(domain, "notice", pack.instructions, asked)
    run = store.start_run(task, "hash", 1)
    sha256 = sha256_of_text(text)
    answered = {field.name: (values or VALUES)[field.name] for field in asked}
    record = Record(
        "r", path, sha256, domain, "notice", "starter", None, "ok", None, answered, 1.0, kind="pdf"
    )
    number = store.save_record(run, record, "hash", Document("r", sha256, "pdf", text))
    store.finish_run(run, cancelled=False)
    return number


def keep(home: Locations, store: Store, number: int) -> KeptExample:
    return keep_example(find_packs(home.packs), home.packs, store, number)


def gold(home: Locations) -> list[dict[str, Any]]:
    file = home.packs / "library" / "examples" / "notice" / "gold.jsonl"
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def test_it_has_the_document_and_the_record_as_it_was_corrected(home: Locations, store: Store) -> None:
    number = stored(home, store)
    store.correct(number, "items", ["Growing Beans"])
    store.correct(number, "level", "second")
    kept = keep(home, store, number)
    assert kept.path.read_text("utf-8") == TEXT
    assert kept.is_shown
    (example,) = find_packs(home.packs).pick("library").examples()
    assert (example.path, example.path.name) == (kept.path, f"notice-2-{sha256_of_text(TEXT)[:8]}.txt")
    right = {"reader": "Arun Pillay", "fee": 4, "items": ["Growing Beans"], "level": "second"}
    assert example.output == right
    assert gold(home) == [{"id": kept.path.stem, "file": kept.path.name, "output": right}]


def test_kept_again_it_has_what_was_corrected_since_in_its_own_place(home: Locations, store: Store) -> None:
    first, second = stored(home, store), stored(home, store, "Another", path=None)
    keep(home, store, first)
    keep(home, store, second)
    store.correct(first, "level", "first")
    keep(home, store, first)
    assert [(line["file"].split("-")[0], line["output"]["level"]) for line in gold(home)] == [
        ("notice", "first"),
        ("r", None),
    ]


@pytest.mark.parametrize("outcome", [Outcome.UNGROUNDED, Outcome.INVALID, Outcome.TRUNCATED, Outcome.FAILED])
def test_what_is_not_known_to_be_right_is_named_and_nothing_is_kept(
    home: Locations, store: Store, outcome: Outcome
) -> None:
    number = stored(home, store, values=VALUES | {"fee": Value(40.0, outcome, 0.5)})
    with pytest.raises(UsageError, match=rf"record {number}: not known to be right: fee\. Correct"):
        keep(home, store, number)
    assert not (home.packs / "library" / "examples").exists()
    store.correct(number, "fee", 4.0)
    keep(home, store, number)
    assert gold(home)[0]["output"]["fee"] == 4


def test_what_the_pack_asks_otherwise_since_is_named(home: Locations, store: Store) -> None:
    asked = (Field(name="reader", type="string"), Field(name="fee", type="number"))
    number = stored(home, store, fields=asked)
    with pytest.raises(UsageError, match=r"not known to be right: reader, items, level\. "):
        keep(home, store, number)


@pytest.mark.parametrize("open_fields", [False, True])
def test_fields_that_were_given_beside_the_packs_or_in_place_of_them_are_its_own(
    home: Locations, store: Store, open_fields: bool
) -> None:
    write_pack(home.packs, "library", "notice", FIELDS, open_fields=open_fields)
    kind = find_packs(home.packs).pick("library")
    late = Field(name="late", type="boolean", description="Is it?")
    asked = kind.with_fields([late]).fields
    values = VALUES | {"late": Value(True, Outcome.FOUND, 0.9)}
    keep(home, store, stored(home, store, values=values, fields=asked))
    assert gold(home)[0]["fields"] == [{"name": "late", "type": "boolean", "description": "Is it?"}]
    (example,) = kind.examples()
    assert (example.fields, example.output["late"]) == (asked, True)


def test_a_pack_that_ships_and_a_task_without_one_take_none(home: Locations, store: Store) -> None:
    for domain in ("expenses", "any"):
        number = stored(home, store, domain=domain)
        with pytest.raises(UsageError, match=f"{domain} is no pack of your own"):
            keep(home, store, number)
    packs = find_packs(home.packs)
    owned = [has_own_pack(packs, home.packs, domain) for domain in ("library", "expenses", "any")]
    assert owned == [True, False, False]


def test_a_file_that_could_not_be_read_makes_no_example(home: Locations, store: Store) -> None:
    run = store.start_run(Task("library", "notice", "Read it.", ()), "hash", 1)
    failed = Record("x", "x.pdf", None, "library", "notice", "starter", None, "failed", None, {}, 0.1)
    number = store.save_record(run, failed, "hash", None)
    with pytest.raises(UsageError, match="has no document"):
        keep(home, store, number)


def test_examples_that_are_broken_are_named_and_left_as_they_are(home: Locations, store: Store) -> None:
    keep(home, store, stored(home, store))
    file = home.packs / "library" / "examples" / "notice" / "gold.jsonl"
    file.write_text(file.read_text("utf-8").replace('"fee"', '"fees"'), "utf-8")
    before = file.read_bytes()
    number = stored(home, store, "Another")
    with pytest.raises(PackError, match=r"gold\.jsonl:1.*fee"):
        keep(home, store, number)
    assert file.read_bytes() == before
    file.write_bytes(before.replace(b'"fees"', b'"fee"'))
    next(file.parent.glob("*.txt")).write_bytes(b"")
    with pytest.raises(PackError, match=r"notice-2-.*\.txt: .*empty"):
        keep(home, store, number)
    assert len(gold(home)) == 1


def test_what_is_too_long_to_be_shown_is_kept_all_the_same(home: Locations, store: Store) -> None:
    assert not keep(home, store, stored(home, store, "x" * (LONGEST + 1))).is_shown
    assert len(gold(home)) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40, deadline=None)
@given(
    name=st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60),
    text=st.text(st.sampled_from("ab é\n\t\f\x1b\u2028\ufeff<>%=\"'{"), max_size=40).map(
        lambda inner: f"a{inner}b"
    ),
)
def test_whatever_a_document_says_and_is_called_it_is_read_again_and_not_shown_before_itself(
    home: Locations, store: Store, name: str, text: str
) -> None:
    kept = keep(home, store, stored(home, store, text, path=f"in/{name}"))
    folder = home.packs / "library" / "examples" / "notice"
    assert kept.path.parent == folder
    assert kept.path.is_file()
    shots = pack_shots(find_packs(home.packs).pick("library"))
    assert all(one.text != text.strip() for one in beside(shots, text))
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
