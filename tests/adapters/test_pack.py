"""A pack's file, key by key: what is read, what is refused, and what the message says."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thresher.adapters.errors import PackError
from thresher.adapters.pack import load_pack, read_pack
from thresher.adapters.pack_form import FORMAT, MAX_BYTES

from .post_pack import Write, content, gold, refusal, write_gold


def test_a_pack_is_read_in_order(write: Write) -> None:
    pack = load_pack(write(content()))
    assert (pack.domain, pack.title, list(pack.record_types)) == ("post", "Post", ["letter", "question"])
    letter = pack.record_types["letter"]
    assert [f.name for f in letter.fields] == ["sender", "date", "kind", "stamps", "pages"]
    assert letter.fields[2].values == ("order", "no")
    assert (letter.domain, letter.open_fields, letter.examples()) == ("post", False, [])
    assert pack.record_types["question"].open_fields


def test_a_byte_order_mark_and_windows_line_ends_change_nothing(write: Write) -> None:
    plain = load_pack(write(content()))
    text = (plain.folder / "pack.yaml").read_text("utf-8")
    again = load_pack(write(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()))
    assert again == plain


WRONG: list[tuple[str, Callable[[dict[str, Any]], Any], list[str]]] = [
    ("no format", lambda p: p.pop("format"), ["format: must be", "format: 1"]),
    ("format true", lambda p: p.update(format=True), ["format: must be"]),
    ("newer format", lambda p: p.update(format=FORMAT + 1), [f"format: is {FORMAT + 1}", "Update Thresher"]),
    ("other folder", lambda p: p.update(domain="mail"), ["domain: is 'mail'", "'post'"]),
    ("bad domain", lambda p: p.update(domain="Post!"), ["domain: must be a small letter"]),
    ("taken domain", lambda p: p.update(domain="any"), ["domain: 'any' is taken", "another name"]),
    ("no title", lambda p: p.pop("title"), ["title: is missing"]),
    ("blank title", lambda p: p.update(title="  "), ["title: "]),
    (
        "unknown key",
        lambda p: p.update(recordtypes=[]),
        ["recordtypes: unknown key: did you mean 'record_types'"],
    ),
    ("unknown and unlike", lambda p: p.update(zzz=1), ["zzz: unknown key: known are format, domain"]),
    ("no record types", lambda p: p.update(record_types=[]), ["record_types: is empty"]),
    (
        "record types no list",
        lambda p: p.update(record_types="letter"),
        ["record_types: must be a list", "[a, b]"],
    ),
    (
        "windows that are no number",
        lambda p: p["record_types"][0].update(most_windows=True),
        ["letter.most_windows: Input should be a valid integer"],
    ),
    (
        "unknown in type",
        lambda p: p["record_types"][0].update(feilds=[]),
        ["record_types.letter.feilds", "'fields'"],
    ),
    (
        "repeated type",
        lambda p: p["record_types"].append(p["record_types"][0]),
        ["record_types: two", "'letter'"],
    ),
    (
        "closed and empty",
        lambda p: p["record_types"][0].update(fields=[]),
        ["record_types.letter.fields: is empty"],
    ),
    (
        "no instructions",
        lambda p: p["record_types"][0].pop("instructions"),
        ["letter.instructions: is missing"],
    ),
    (
        "a type without a name",
        lambda p: p["record_types"][1].pop("name"),
        ["record_types.#2.name: is missing"],
    ),
]


WRONG_FIELD: list[tuple[str, Callable[[list[Any]], Any], list[str]]] = [
    ("type", lambda f: f[0].update(type="text"), ["letter.fields.sender.type: ", "'list[string]'"]),
    ("unknown key", lambda f: f[0].update(descripton="x"), ["sender.descripton", "'description'"]),
    ("repeated", lambda f: f.append(f[0]), ["record_types.letter.fields: two are named 'sender'"]),
    ("enum without values", lambda f: f[2].pop("values"), ["letter.fields.kind", "needs 'values'"]),
    ("values without enum", lambda f: f[0].update(values=["a"]), ["letter.fields.sender", "no enum"]),
    (
        "a yes-or-no value",
        lambda f: f[2].update(values=["yes", False]),
        ["kind.values.#2: must be text", "quotes"],
    ),
    (
        "a start that is no field",
        lambda f: f[1].update(counted_from=["begins"]),
        [
            "letter.fields",
            "'date' is 'counted_from' 'begins'",
            "no date of this record type",
            "dates are date",
        ],
    ),
    (
        "a start that is no date",
        lambda f: f[1].update(counted_from=["sender"]),
        ["'sender', which is no"],
    ),
    ("no date is counted", lambda f: f[0].update(counted_from=["date"]), ["fields.sender", "is no date"]),
    ("it is its own start", lambda f: f[1].update(counted_from=["date"]), ["fields.date", "itself"]),
    ("an empty choice", lambda f: f[2].update(values=["bill", ""]), ["letter.fields", "'kind' has an empty"]),
    ("a blank choice", lambda f: f[2].update(values=["bill", " "]), ["letter.fields", "'kind' has an empty"]),
    ("a name that is a number", lambda f: f[0].update(name=2024), ["fields.#1.name: must be text"]),
    ("no field at all", lambda f: f.__setitem__(0, "sender"), ["letter.fields.#1"]),
]


@pytest.mark.parametrize(("spoil", "said"), [w[1:] for w in WRONG], ids=[w[0] for w in WRONG])
def test_a_wrong_key_is_named(write: Write, spoil: Callable[[Any], Any], said: list[str]) -> None:
    pack = content()
    spoil(pack)
    message = refusal(write(pack))
    assert all(words in message for words in said), message


@pytest.mark.parametrize(("spoil", "said"), [w[1:] for w in WRONG_FIELD], ids=[w[0] for w in WRONG_FIELD])
def test_a_wrong_field_is_named(write: Write, spoil: Callable[[Any], Any], said: list[str]) -> None:
    pack = content()
    spoil(pack["record_types"][0]["fields"])
    message = refusal(write(pack))
    assert all(words in message for words in said), message


def test_all_wrong_keys_are_told_at_once(write: Write) -> None:
    pack = content()
    del pack["title"]
    pack["record_types"][0]["fields"][1]["type"] = "day"
    message = refusal(write(pack))
    assert "title: is missing" in message
    assert "record_types.letter.fields.date.type" in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"format: 1\ndomain: [post\ntitle: Post\n", "line 3"),
        (b"format: 1\ntitle: a\ntitle: b\n", "line 3, column 1: the key 'title' repeats"),
        (b"format: 1\ntitle: 2024-13-45\n", "is not YAML"),
        (b"title: caf\xe9\n", "not UTF-8 at byte 10"),
        (b"title: \x01\n", "is not YAML"),
        (b"- format: 1\n", "not a list"),
        (b"", "not nothing"),
        (b"[" * 100_000, "line 1"),
        (b"format: !!python/object/apply:os.getcwd []\n", "line 1"),
        (b"#" * (MAX_BYTES + 1), "larger than"),
        (b"format: 1\ntitle: {{ title }}\n", "line 2, column 9: a key must be a word"),
        (b"[a]: z\n", "line 1, column 1: a key must be a word"),
        (b"? {a: b}\n: z\n", "line 1, column 3: a key must be a word"),
        (b"format: 1\nrecord_types: !!map [a]\n", "line 2"),
        (b"format: !!timestamp soon\n", "a tag (!!"),
        (b"format: !!bool maybe\n", "a tag (!!"),
        (b"format: 1\x00\n", "is not YAML"),
        ("format: 1\n".encode("utf-16"), "not UTF-8 at byte 0"),
        (b"a: &a [*a]\nformat: *a\n", "format: must be"),
        (b"format: 1\n---\nformat: 1\n", "line 2"),
    ],
)
def test_a_file_that_is_no_pack_is_refused(write: Write, data: bytes, said: str) -> None:
    assert said in refusal(write(data))


def test_aliases_that_stand_for_a_billion_texts_are_refused_at_once(write: Write) -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
    for before, name in pairwise("abcdefghij"):
        lines.append(f"{name}: &{name} [{', '.join(['*' + before] * 10)}]")
    lines += ["format: 1", "domain: *j", "record_types: [{name: *j, fields: *j}]"]
    message = refusal(write("\n".join(lines).encode()))
    assert "domain: must be text" in message
    assert len(message) < 10_000


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    assert "pack.yaml: is missing" in refusal(tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150, deadline=None)
@given(data=st.data())
def test_whatever_a_key_holds_a_pack_is_read_or_refused(write: Write, data: st.DataObject) -> None:
    """Any YAML value in any place: PackError or a pack, and nothing else."""
    pack = content()
    letter = pack["record_types"][0]
    places = [pack, letter, letter["fields"][0], letter["fields"][2]]
    place = data.draw(st.sampled_from(places))
    key = data.draw(st.sampled_from(sorted(place)) | st.text(max_size=5))
    scalar = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates()
    nested = st.recursive(
        scalar,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    )
    place[key] = data.draw(nested)
    folder = write(pack)
    try:
        loaded = load_pack(folder)
    except PackError as error:
        refused = str(error)
    else:
        assert loaded.domain == "post"
        return
    assert refused.startswith(str(folder / "pack.yaml"))


def test_the_hash_follows_what_a_model_sees(write: Write) -> None:
    base = read_pack(write(content()))

    def changed(change: Callable[[dict[str, Any]], Any]) -> bool:
        pack = content()
        change(pack)
        return read_pack(write(pack)).hash_of() != base.hash_of()

    fields: Callable[[dict[str, Any]], Any] = lambda p: p["record_types"][0]["fields"]  # noqa: E731
    assert changed(lambda p: p["record_types"][0].update(instructions="Extract."))
    assert changed(lambda p: fields(p)[0].update(description="Who signs"))
    assert changed(lambda p: fields(p)[2].update(values=["no", "order"]))
    assert changed(lambda p: fields(p).reverse())
    assert not changed(lambda p: p.update(title="Mail", description="Another."))
    typed = [field["type"] for field in fields(content())]
    assert not changed(lambda p: fields(p)[typed.index("date")].update(derived=True))
    write_gold(base.folder, gold())
    assert not changed(lambda p: None)


def test_the_hash_is_the_same_on_every_platform(write: Write) -> None:
    """Fixed once: if it moves, every adapter that was bound to a pack is refused."""
    told = read_pack(write(content())).hash_of()
    assert told == "c5da97b32235dfa53a49ba348167303ad25233cbaaa4e50d1bb31f822a4c2e69"


def test_the_hash_of_some_record_types_is_theirs_alone(write: Write) -> None:
    pack = read_pack(write(content()))
    first, *others = pack.record_types
    alone = replace(pack, record_types={first: pack.record_types[first]})
    turned = replace(pack, record_types=dict(reversed(pack.record_types.items())))
    assert others
    assert pack.hash_of([first]) == alone.hash_of([first]) == alone.hash_of() != pack.hash_of()
    assert pack.hash_of([first, *others]) == pack.hash_of([*others, first]) == pack.hash_of()
    assert turned.hash_of() == pack.hash_of()
    assert alone.hash_of([first, *others]) == alone.hash_of()
