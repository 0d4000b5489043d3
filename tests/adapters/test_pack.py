"""A pack's file, key by key: what is read, what is refused, and what the message says."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from thresher.adapters.errors import PackError, UsageError
from thresher.adapters.fields import MAX_STRING, Field
from thresher.adapters.pack import Pack, load_pack, read_pack
from thresher.adapters.pack_form import FORMAT, MAX_BYTES
from thresher.adapters.pack_library import find_packs, pick, resolve

Write = Callable[[Any], Path]


def content() -> dict[str, Any]:
    return {
        "format": 1,
        "domain": "post",
        "title": "Post",
        "description": "Letters and parcels.",
        "record_types": [
            {
                "name": "letter",
                "title": "Letter",
                "instructions": "Extract who wrote this letter, and when.",
                "fields": [
                    {"name": "sender", "type": "string", "description": "Who wrote it"},
                    {"name": "date", "type": "date", "description": "When"},
                    {"name": "kind", "type": "enum", "description": "What for", "values": ["order", "no"]},
                    {"name": "stamps", "type": "list[string]", "description": "Stamps on it"},
                    {"name": "pages", "type": "integer", "description": "Sheets"},
                ],
            },
            {"name": "question", "title": "Question", "instructions": "Answer.", "open_fields": True},
        ],
    }


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a pack.yaml (text, or content to dump) into the folder of the domain 'post'."""

    def write(pack: Any) -> Path:
        folder = tmp_path / "post"
        folder.mkdir(exist_ok=True)
        data = pack if isinstance(pack, bytes) else yaml.safe_dump(pack, sort_keys=False).encode()
        (folder / "pack.yaml").write_bytes(data)
        return folder

    return write


def write_gold(folder: Path, *lines: object, record_type: str = "letter") -> None:
    examples = folder / "examples" / record_type
    examples.mkdir(parents=True, exist_ok=True)
    (examples / "a.txt").write_text("Dear Ann, …", "utf-8")
    texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    (examples / "gold.jsonl").write_text("\n".join(texts) + "\n", "utf-8")


def gold(**changes: Any) -> dict[str, Any]:
    output: dict[str, Any] = {
        "sender": "Ann",
        "date": "2025-01-31",
        "kind": "no",
        "stamps": [],
        "pages": None,
    }
    return {"id": "a", "file": "a.txt", "output": output | changes}


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
    ("no title", lambda p: p.pop("title"), ["title: is missing"]),
    ("blank title", lambda p: p.update(title="  "), ["title: "]),
    (
        "unknown key",
        lambda p: p.update(recordtypes=[]),
        ["recordtypes: unknown key: did you mean 'record_types'"],
    ),
    ("unknown and unlike", lambda p: p.update(zzz=1), ["zzz: unknown key: known are format, domain"]),
    ("no record types", lambda p: p.update(record_types=[]), ["record_types: is empty"]),
    ("record types no list", lambda p: p.update(record_types="letter"), ["record_types: "]),
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
    ],
)
def test_a_file_that_is_no_pack_is_refused(write: Write, data: bytes, said: str) -> None:
    assert said in refusal(write(data))


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
        return read_pack(write(pack)).hash != base.hash

    fields: Callable[[dict[str, Any]], Any] = lambda p: p["record_types"][0]["fields"]  # noqa: E731
    assert changed(lambda p: p["record_types"][0].update(instructions="Extract."))
    assert changed(lambda p: fields(p)[0].update(description="Who signs"))
    assert changed(lambda p: fields(p)[2].update(values=["no", "order"]))
    assert changed(lambda p: fields(p).reverse())
    assert not changed(lambda p: p.update(title="Mail", description="Another."))
    write_gold(base.folder, gold())
    assert not changed(lambda p: None)


def test_the_hash_is_the_same_on_every_platform(write: Write) -> None:
    """Fixed once: if it moves, every adapter that was bound to a pack is refused."""
    assert (
        read_pack(write(content())).hash == "c5da97b32235dfa53a49ba348167303ad25233cbaaa4e50d1bb31f822a4c2e69"
    )


def test_examples_carry_their_fields(write: Write) -> None:
    folder = write(content())
    own = [{"name": "Who is it to?", "type": "string"}]
    write_gold(
        folder, gold(), "", {**gold(extra=True), "id": "b", "fields": [{"name": "extra", "type": "boolean"}]}
    )
    answer = {"id": "q", "file": "a.txt", "fields": own, "output": {"Who is it to?": "Ann"}}
    write_gold(folder, answer, record_type="question")
    pack = load_pack(folder)
    first, second = pack.record_types["letter"].examples()
    assert first.path.read_text("utf-8") == "Dear Ann, …"
    assert first.output == gold()["output"]
    assert [f.name for f in second.fields][-1] == "extra"
    assert pack.record_types["question"].examples()[0].fields == (Field(name="Who is it to?", type="string"),)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["{"], "line 1: is not JSON"),
        (["[" * 100_000], "line 1: is not JSON"),
        (["[]"], "line 1: must be an object"),
        ([{**gold(), "note": 1}], "line 1: must be an object"),
        ([gold(), gold()], "line 2: id: 'a' repeats"),
        ([{**gold(), "file": "b.txt"}], "file: 'b.txt'"),
        ([{**gold(), "file": "../letter/a.txt"}], "file: '../letter/a.txt'"),
        ([{**gold(), "file": 7}], "file: must be text"),
        ([{**gold(), "output": []}], "output: must be an object"),
        ([{**gold(), "output": {"sender": None}}], "output.stamps: is missing"),
        ([gold(colour="red")], "output.colour: no such field"),
        ([gold(date="31.1.2025")], "output.date: '31.1.2025' is no date"),
        ([gold(date="2025-02-30")], "output.date: "),
        ([gold(kind="yes")], "output.kind: 'yes' is none of order, no"),
        ([gold(pages="3")], "output.pages: is '3': write 3"),
        ([gold(pages=True)], "output.pages: "),
        ([gold(stamps=None)], "output.stamps: is None: write []"),
        ([gold(stamps=["a", ""])], "output.stamps: "),
        ([gold(sender="")], "output.sender: is '': write null"),
        ([gold(sender="x" * (MAX_STRING + 1))], f"output.sender: is longer than {MAX_STRING}"),
        ([gold(sender=["Ann"])], "output.sender: "),
        ([{**gold(), "fields": [{"name": "x", "type": "text"}]}], "line 1: field 1: type"),
    ],
)
def test_gold_that_does_not_match_is_refused_with_its_line(write: Write, lines: list[Any], said: str) -> None:
    folder = write(content())
    write_gold(folder, *lines)
    message = refusal(folder)
    assert f"{folder / 'examples' / 'letter' / 'gold.jsonl'}: line " in message
    assert said in message
    assert read_pack(folder).domain == "post", "a listing does not look at examples"


def test_an_examples_folder_without_gold_is_refused(write: Write) -> None:
    folder = write(content())
    (folder / "examples" / "letter").mkdir(parents=True)
    assert "gold.jsonl: cannot be read" in refusal(folder)


def test_a_question_without_fields_asks_for_them(write: Write) -> None:
    folder = write(content())
    with pytest.raises(UsageError, match=r"post/question: no field is given.*--field"):
        resolve({"post": load_pack(folder)}, "post", "question")
    write_gold(folder, {"id": "q", "file": "a.txt", "output": {}}, record_type="question")
    assert "line 1: post/question: no field is given" in refusal(folder)


def test_given_fields_are_added_or_take_a_place(write: Write) -> None:
    packs = {"post": load_pack(write(content()))}
    date, colour = (
        Field(name="date", type="string", description="As written"),
        Field(name="colour", type="string"),
    )
    fields = resolve(packs, "post", None, [colour, date]).fields
    assert [f.name for f in fields] == ["sender", "date", "kind", "stamps", "pages", "colour"]
    assert fields[1] == date
    assert resolve(packs, "post", "question", [colour]).fields == (colour,)
    with pytest.raises(UsageError, match="two fields are named 'colour'"):
        resolve(packs, "post", "letter", [colour, colour])


def test_open_fields_replace_the_default(write: Write) -> None:
    pack = content()
    pack["record_types"][0]["open_fields"] = True
    packs = {"post": load_pack(write(pack))}
    colour = Field(name="colour", type="string")
    assert resolve(packs, "post", "letter", [colour]).fields == (colour,)
    assert len(resolve(packs, "post", "letter").fields) == 5


def test_a_wrong_name_gets_the_closest_and_the_list(write: Write) -> None:
    packs: dict[str, Pack] = {"post": load_pack(write(content()))}
    assert pick(packs, "post").name == "letter"
    with pytest.raises(UsageError, match=r"no domain 'POSTS'. Did you mean 'post'\? There are: post\."):
        pick(packs, "POSTS")
    with pytest.raises(UsageError, match=r"'leter'. Did you mean 'letter'\? There are: letter, question\."):
        pick(packs, "post", "leter")
    with pytest.raises(UsageError, match=r"no domain 'post'. There are: none"):
        pick({}, "post")


def test_the_users_packs_stand_beside_the_shipped(write: Write, tmp_path: Path) -> None:
    write(content())
    (tmp_path / "notes.txt").write_text("no pack")
    (tmp_path / ".hidden").mkdir()
    found = find_packs(tmp_path)
    assert found.errors == ()
    assert found.packs.keys() == find_packs().packs.keys() | {"post"}
    assert list(found.packs) == sorted(found.packs)
    assert find_packs(tmp_path / "nowhere").packs.keys() == find_packs().packs.keys()


def test_a_users_pack_replaces_a_shipped_one(tmp_path: Path) -> None:
    folder = tmp_path / "expenses"
    folder.mkdir()
    (folder / "pack.yaml").write_text(yaml.safe_dump({**content(), "domain": "expenses"}))
    assert find_packs(tmp_path).packs["expenses"].title == "Post"


def test_a_broken_pack_of_the_user_is_reported_and_stops_no_other(write: Write, tmp_path: Path) -> None:
    write(content())
    for name in ("broken", "expenses"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pack.yaml").write_text("format: [")
    packs, errors = find_packs(tmp_path)
    assert "post" in packs
    assert "broken" not in packs
    assert packs["expenses"] == find_packs().packs["expenses"]
    broken, replaced = map(str, errors)
    assert str(tmp_path / "broken") in broken
    assert "ships with Thresher" not in broken
    assert "ships with Thresher" in replaced


def refusal(folder: Path) -> str:
    with pytest.raises(PackError) as caught:
        load_pack(folder)
    message = str(caught.value)
    assert message.startswith(str(folder))
    return message
