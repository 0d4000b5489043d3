"""Texts as numbers: what is in enough of them, and the run that weighs the most."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from thresher.adapters.cues import RUN, Cues, told, words_of
from thresher.adapters.training.cue_texts import DOCUMENTS, CueTexts, cue_texts

WORDS = st.lists(st.sampled_from(["term", "Ends", "by", "notice", "12", "of", "-"]), max_size=250)


def test_a_cue_is_in_six_texts_and_a_pair_crosses_numbers_and_signs() -> None:
    read = cue_texts(["Notice (2) by post."] * 5 + ["By post. Notice: by mail."])
    assert read.cues == ["by", "by post", "notice", "notice by", "post"]
    assert read.has.tolist() == [[True] * 5] * 6
    assert read.words[5].tolist() == [0, 4, 2, 0, -1]
    assert read.pairs[5].tolist() == [1, -1, 3, -1, -1]


def test_no_text_and_no_word_have_no_cues() -> None:
    for texts in ([], [""] * 8, ["12 - 3"] * 8):
        read = cue_texts(texts)
        assert read.cues == []
        assert read.has.shape == (len(texts), 0)


@given(st.lists(WORDS, min_size=1, max_size=12))
def test_what_a_text_has_are_its_words_and_pairs(said: list[list[str]]) -> None:
    texts = [" ".join(each) for each in said]
    read = cue_texts(texts)
    for cue in read.cues:
        has = [f" {cue} " in f" {' '.join(words_of(text))} " for text in texts]
        assert sum(has) >= DOCUMENTS
        assert read.has[:, read.cues.index(cue)].tolist() == has
    assert read.cues == sorted(read.cues)


def read_of(text: str) -> CueTexts:
    return cue_texts([text] * DOCUMENTS)


@settings(deadline=None)
@given(WORDS, st.data())
def test_the_heaviest_run_weighs_what_a_document_is_told_by(said: list[str], data: st.DataObject) -> None:
    text = " ".join(said)
    read = read_of(text)
    drawn = data.draw(st.lists(st.integers(0, 5), min_size=len(read.cues), max_size=len(read.cues)))
    weights = np.array(drawn, dtype=np.int64) * 1_000_000
    first, weighs = read.heaviest(0, weights)
    cues = Cues(labels=1, bias=0.0, weights=dict(zip(read.cues, map(float, drawn), strict=True)))
    assert told(text, {"it": cues})["it"].log_odds == weighs / 1e6
    # And it is there that these cues are.
    assert int((read.runs([0], [first])[0] * weights).sum()) == weighs
    assert 0 <= first <= len(words_of(text))


def test_of_equal_runs_it_is_the_first() -> None:
    read = read_of("notice " + "so " * RUN + "notice")
    weights = np.array([7 if cue == "notice" else 0 for cue in read.cues], dtype=np.int64)
    assert read.heaviest(0, weights) == (0, 7)
    assert read.heaviest(0, np.zeros_like(weights)) == (0, 0)
