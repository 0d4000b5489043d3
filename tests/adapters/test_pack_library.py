"""The packs that there are, and what is asked of one: names, fields that are given, a user's own packs."""

from pathlib import Path

import pytest
import yaml

from thresher.adapters.errors import PackError, UsageError
from thresher.adapters.fields import Field
from thresher.adapters.pack import load_pack
from thresher.adapters.pack_library import FoundPacks, find_packs

from .post_pack import Write, content, refusal, write_gold


def alone(folder: Path) -> FoundPacks:
    """That pack alone."""
    return FoundPacks({folder.name: load_pack(folder)}, (), {})


def test_a_question_without_fields_asks_for_them(write: Write) -> None:
    folder = write(content())
    with pytest.raises(UsageError, match=r"post/question: no field is given.*--field"):
        alone(folder).pick("post", "question").with_fields()
    write_gold(folder, {"id": "q", "file": "a.txt", "output": {}}, record_type="question")
    assert "gold.jsonl:1: post/question: no field is given" in refusal(folder)


def test_given_fields_are_added_or_take_a_place(write: Write) -> None:
    packs = alone(write(content()))
    date, colour = (
        Field(name="date", type="string", description="As written"),
        Field(name="colour", type="string"),
    )
    fields = packs.pick("post").with_fields([colour, date]).fields
    assert [f.name for f in fields] == ["sender", "date", "kind", "stamps", "pages", "colour"]
    assert fields[1] == date
    assert packs.pick("post", "question").with_fields([colour]).fields == (colour,)
    with pytest.raises(UsageError, match="two fields are named 'colour'"):
        packs.pick("post", "letter").with_fields([colour, colour])


def test_open_fields_replace_the_default(write: Write) -> None:
    pack = content()
    pack["record_types"][0]["open_fields"] = True
    packs = alone(write(pack))
    colour = Field(name="colour", type="string")
    assert packs.pick("post", "letter").with_fields([colour]).fields == (colour,)
    assert len(packs.pick("post", "letter").with_fields().fields) == 5


def test_a_wrong_name_gets_the_closest_and_the_list(write: Write) -> None:
    packs = alone(write(content()))
    assert packs.pick("post").name == "letter"
    with pytest.raises(UsageError, match=r"no domain 'POSTS'. Did you mean 'post'\? There are: post\."):
        packs.pick("POSTS")
    with pytest.raises(UsageError, match=r"'leter'. Did you mean 'letter'\? There are: letter, question\."):
        packs.pick("post", "leter")
    with pytest.raises(UsageError, match=r"no domain 'post'. There are: none"):
        FoundPacks({}, (), {}).pick("post")


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
    for name, text in (("broken", "format: 1\ntitle: {{ title }}"), ("expenses", "format: [")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "pack.yaml").write_text(text)
    found = find_packs(tmp_path)
    assert "post" in found.packs
    assert found.pick("post").name == "letter"
    assert found.packs.keys().isdisjoint(("broken", "expenses"))
    for error, name in zip(found.errors, ("broken", "expenses"), strict=True):
        assert str(tmp_path / name) in str(error)
        with pytest.raises(PackError) as caught:
            found.pick(name)
        assert caught.value is error
