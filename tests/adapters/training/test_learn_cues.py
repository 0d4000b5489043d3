"""What labels tell of the words that go with a boolean."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.adapters.cues import Cues, told
from thresher.adapters.fields import Field
from thresher.adapters.training.labels import Label
from thresher.adapters.training.learn_cues import cues_of_sets, learn_cues, without_cued
from thresher.adapters.training.read_sets import ReadSet, read_sets
from thresher.adapters.training.run_config import parse_run

RENEWS = Field(name="auto_renewal", type="boolean")
BUYER = Field(name="buyer", type="string")
COMMON = "This agreement is between the parties and goes by the law of Ohio."


def label(number: int, text: str, renews: bool | None, **more: object) -> Label:
    values = more if renews is None else {"auto_renewal": renews, **more}
    return Label(f"c{number}", text, "", (RENEWS, BUYER), values)


def contracts(count: int = 40) -> list[Label]:
    """Half of them renew; those say so, in a pair of words whose parts all of them have."""
    said = ["It will renew. Shall it end? By notice.", "It will end. Shall we renew? By notice."]
    return [
        label(at, f"{COMMON} {said[at % 2].replace('. ', ' ')} Number {at}.", at % 2 == 0, buyer="Bolt")
        for at in range(count)
    ]


def truths(cues: Cues, labels: Sequence[Label]) -> list[bool]:
    return [told(one.text, {"renews": cues})["renews"].log_odds > 0 for one in labels]


def test_a_pair_of_words_tells_where_each_word_tells_nothing() -> None:
    learnt = learn_cues(contracts())
    assert set(learnt) == {"auto_renewal"}
    cues = learnt["auto_renewal"]
    assert cues.labels == 40
    assert "will renew" in cues.weights
    assert not cues.weights.keys() & {"renew", "will", "agreement", "law of"}
    assert truths(cues, contracts()) == [at % 2 == 0 for at in range(40)]


def test_a_word_that_all_of_them_have_tells_where_it_stands_in_the_clause() -> None:
    away = " Notices go by post to the other side." * 12
    ours = [
        label(at, f"Successive notices.{away} It shall {clause}.{away}", at % 2 == 0)
        for at in range(40)
        for clause in ["renew for successive years" if at % 2 == 0 else "end with the years"]
    ]
    # Of the others some have the verb, but never beside the word.
    theirs = [label(40 + at, f"Successive notices.{away} We renew it.{away}", False) for at in range(10)]
    cues = learn_cues(ours + theirs)["auto_renewal"]
    assert "successive" in cues.weights
    assert truths(cues, ours + theirs) == [one.values["auto_renewal"] for one in ours + theirs]


def test_every_weight_speaks_for_what_it_is_a_cue_of() -> None:
    weights = learn_cues(contracts())["auto_renewal"].weights
    assert weights
    assert all(weight > 0 for weight in weights.values())
    assert not any(cue in weights for cue in ("will end", "we renew"))


def described(description: str, labels: Sequence[Label]) -> list[Label]:
    field = RENEWS.model_copy(update={"description": description})
    return [replace(one, fields=(field, BUYER)) for one in labels]


def test_of_two_words_that_tell_as_much_the_one_counts_that_the_field_names() -> None:
    """Of few labels a word that stands there by chance tells as much as the clause's."""
    away = " Notices go by post to the other side." * 60
    said = [f"Blue evergreen years follow.{away}", f"They end.{away}"]
    labels = [label(at, said[at % 2], at % 2 == 0) for at in range(20)]
    weights = learn_cues(labels)["auto_renewal"].weights
    assert weights["blue"] == weights["evergreen"]
    for says in ("Whether it is evergreen", "An EVERGREEN contract"):
        weights = learn_cues(described(says, labels))["auto_renewal"].weights
        assert weights["evergreen"] > 1.5 * weights["blue"]


def test_what_a_field_names_is_no_cue_where_labels_speak_against_it() -> None:
    said = ["It is evergreen, by notice.", "It will end, by notice."]
    labels = [label(at, f"{COMMON} {said[at % 2]}", at % 2 == 1) for at in range(60)]
    weights = learn_cues(described("Whether it is evergreen", labels))["auto_renewal"].weights
    assert "will end" in weights
    assert weights.get("evergreen", 0.0) < 0.1


def test_of_few_labels_that_say_so_or_do_not_nothing_is_learnt() -> None:
    labels = contracts(38)  # nineteen each
    assert learn_cues(labels)
    few = [one for one in labels if not one.values["auto_renewal"]] + labels[0:18:2]
    assert sum(one.values["auto_renewal"] is True for one in few) == 9
    assert learn_cues(few) == {}
    assert learn_cues([]) == {}


def test_a_word_of_few_documents_is_no_cue() -> None:
    """The name of a customer would tell whose contracts they were."""
    named = [
        label(at, f"{one.text} {'Zyxwv' if at in (0, 2, 4, 6, 8) else ''}", at % 2 == 0)
        for at, one in enumerate(contracts())
    ]
    assert not any("zyxwv" in cue for cue in learn_cues(named)["auto_renewal"].weights)


def test_a_label_that_does_not_know_the_boolean_tells_nothing_of_it() -> None:
    unknown = [label(100 + at, "It will renew by another way.", None, buyer="Bolt") for at in range(30)]
    assert learn_cues(contracts() + unknown) == learn_cues(contracts())


def test_what_is_too_long_for_a_word_is_no_cue_and_stops_no_training() -> None:
    key = "q" * 5000
    keyed = [
        label(at, f"{one.text} {key if at % 2 == 0 else ''}", at % 2 == 0)
        for at, one in enumerate(contracts())
    ]
    assert learn_cues(keyed) == learn_cues(contracts())


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.text("ab \n", max_size=20), st.booleans()), max_size=60), st.randoms())
def test_whatever_the_labels_they_learn_the_same_in_any_order(
    drawn: list[tuple[str, bool]], random: Random
) -> None:
    labels = [label(at, text, renews) for at, (text, renews) in enumerate(drawn)]
    learnt = learn_cues(labels)
    said = [one.values["auto_renewal"] for one in labels]
    assert bool(learnt) == (min(said.count(True), said.count(False)) >= 10)
    assert learn_cues(random.sample(labels, len(labels))) == learnt
    for cues in learnt.values():
        for cue in cues.weights:
            one_cue = {"renews": Cues(labels=1, bias=0.0, weights={cue: 1.0})}
            assert sum(told(one.text, one_cue)["renews"].log_odds for one in labels) >= 6


def write(path: Path, labels: Sequence[Label], after: str = "") -> str:
    lines = [
        {
            "id": one.id,
            "input": one.text + after,
            "output": {"auto_renewal": one.values["auto_renewal"], "counterparty": one.values["buyer"]},
        }
        for one in labels
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path.name


LONG = " Notices go by post to the other side." * 90


def read_sets_of(folder: Path, labels: Sequence[Label], after: str) -> list[ReadSet]:
    file = write(folder / "l.jsonl", labels, after)
    sets = [{"domain": "legal", "record_type": "risk_flags", "labels": [file]}]
    run = {"base": "b", "out": "o", "sets": sets, "validation_share": 0.2, "proof_share": 0.2}
    return read_sets(parse_run(run, "run.yaml", folder))[0]


def test_of_documents_that_the_model_reads_at_once_none_are_learnt(tmp_path: Path) -> None:
    assert cues_of_sets(read_sets_of(tmp_path, contracts(60), ""), {}) == {}
    assert cues_of_sets(read_sets_of(tmp_path, contracts(60), LONG), {}).keys() == {"legal/risk_flags"}


def test_of_a_set_of_which_all_is_held_back_none_are_learnt(tmp_path: Path) -> None:
    (one,) = read_sets_of(tmp_path, contracts(60), LONG)
    nothing = replace(one, sides=replace(one.sides, train=()))
    assert cues_of_sets([nothing], {}) == {}


def test_a_run_learns_them_of_what_it_trains_on_alone(tmp_path: Path) -> None:
    read = read_sets_of(tmp_path, contracts(60), LONG)
    (cues,) = [each["auto_renewal"] for each in cues_of_sets(read, {}).values()]
    assert cues_of_sets(read, {}).keys() == {"legal/risk_flags"}
    assert cues.labels == len(read[0].sides.train) < 60
    # What was learnt of more labels stays; what is new comes to it.
    for before, stays in ((cues.labels + 1, True), (cues.labels, False), (20, False)):
        parents = Cues(labels=before, bias=-2.0, weights={"evergreen": 1.0})
        known = {"legal/risk_flags": {"auto_renewal": parents, "other": parents}, "legal/nda": {"x": parents}}
        now = cues_of_sets(read, known)
        assert now["legal/risk_flags"] == {"auto_renewal": parents if stays else cues, "other": parents}
        assert now["legal/nda"] == {"x": parents}
        assert known["legal/risk_flags"]["auto_renewal"] == parents


def test_what_they_tell_is_not_taught(tmp_path: Path) -> None:
    (read,) = read_sets_of(tmp_path, contracts(60), LONG)
    cues = cues_of_sets([read], {})
    taught = without_cued(read, cues).sides
    held = zip(read.sides.validation, taught.validation, strict=True)
    for was, now in (*zip(read.sides.train, taught.train, strict=True), *held):
        assert (now.id, now.text, now.instructions) == (was.id, was.text, was.instructions)
        left = [field for field in was.fields if field.name != "auto_renewal"]
        assert list(now.fields) == left
        assert len(left) == len(was.fields) - 1
        assert now.values == {name: value for name, value in was.values.items() if name != "auto_renewal"}
    # Those of another record type are of other fields.
    assert without_cued(read, {"legal/nda": cues["legal/risk_flags"]}) == read
    # What knows nothing else stays: a run must have something to learn.
    alone = replace(read.sides.train[0], values={"auto_renewal": True})
    sides = replace(read.sides, train=(alone, *read.sides.train[1:]))
    assert without_cued(replace(read, sides=sides), cues).sides.train == (alone, *taught.train[1:])
