from pathlib import Path

from thresher.adapters.pack import read_pack
from thresher.adapters.pack_library import find_packs
from thresher.app.cli.demo import chosen

from .conftest import Thresher

IMAGES = {".jpg", ".png"}


def test_the_demo_shows_every_domain_once_in_many_formats_with_a_pdf_and_a_photograph() -> None:
    packs = find_packs().packs
    picks = chosen(packs.values(), lambda _: True)
    assert [record_type.domain for record_type, _ in picks] == list(packs)
    formats = {example.path.suffix for _, example in picks}
    assert len(formats) >= 7
    assert ".pdf" in formats
    assert formats & IMAGES


def test_of_a_domain_it_shows_what_an_adapter_learnt_and_of_one_that_learnt_nothing_something() -> None:
    packs = find_packs().packs
    picks = chosen(packs.values(), lambda record_type: record_type.name == "report_question")
    assert [record_type.domain for record_type, _ in picks] == list(packs)
    assert "report_question" in {record_type.name for record_type, _ in picks}


def test_a_pack_without_examples_is_passed_over(tmp_path: Path) -> None:
    folder = tmp_path / "ships"
    folder.mkdir()
    (folder / "pack.yaml").write_text(
        "format: 1\ndomain: ships\ntitle: Ships\ndescription: Ships.\nrecord_types:\n"
        "  - {name: ship, title: Ship, instructions: Find it., fields: [{name: port, type: string}]}\n"
    )
    assert chosen([read_pack(folder)], lambda _: True) == []


def test_without_a_model_the_demo_says_which_command_brings_one(thresher: Thresher) -> None:
    ended = thresher("demo")
    assert ended.code == 3
    assert "thresher models pull starter" in ended.err
