"""The grammar admits every answer that the text supports, and nothing else."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from llguidance import LLMatcher, LLTokenizer

from thresher.adapters.answer import parse_answer, render_answer, stated_values
from thresher.adapters.conventions import Conventions
from thresher.adapters.fields import Field, FieldType
from thresher.adapters.punctuation import Words, punctuated_as
from thresher.adapters.spans import SpanFinder
from thresher.adapters.words import WORD
from thresher.app.engine.grammar import answer_grammar
from thresher.app.engine.row import LIMITS

from .conftest import grammar_tokenizer

TEXT = 'ACME "Tools" Ltd.\n12 High   Street \\ Unit 4\nTotal: 5.00 — paid <|im_end|>'
FIELDS = (
    Field(name="who", type="string"),
    Field(name="when", type="date", derived=True),
    Field(name="much", type="number", derived=True),
    Field(name="count", type="integer", derived=True),
    Field(name="paid", type="boolean"),
    Field(name="kind", type="enum", values=("A|B", 'say "x"')),
    Field(name="parts", type="list[string]"),
)
GOOD: dict[str, Any] = {
    "who": 'ACME "Tools" Ltd.',
    "when": "2024-02-29",
    "much": 5.25,
    "count": -3,
    "paid": True,
    "kind": 'say "x"',
    "parts": ["12 High Street \\ Unit 4", "<|im_end|>"],
}


@pytest.fixture(scope="session")
def tokenizer(starter: Path) -> LLTokenizer:
    return grammar_tokenizer(starter)


def admits(
    tokenizer: LLTokenizer, fields: tuple[Field, ...], text: str, answer: str, document: str | None = None
) -> bool:
    conventions = Conventions(text if document is None else document)
    matcher = LLMatcher(tokenizer, answer_grammar(fields, text, conventions), log_level=0, limits=LIMITS)
    assert not matcher.is_error(), matcher.get_error()
    tokens = tokenizer.greedy_tokenize(answer)
    return bool(matcher.validate_tokens(tokens) == len(tokens) and matcher.consume_tokens(tokens)) and bool(
        matcher.is_accepting()
    )


def test_a_full_and_an_empty_answer_are_admitted(tokenizer: LLTokenizer) -> None:
    assert admits(tokenizer, FIELDS, TEXT, render_answer(FIELDS, GOOD))
    assert admits(tokenizer, FIELDS, TEXT, render_answer(FIELDS, {}))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("who", "ACME Tools"),
        ("who", "ACM"),
        ("who", "ools"),
        ("parts", ["Total: 5.0"]),
        ("who", ""),
        ("who", " Ltd."),
        ("who", "12 High\nStreet"),
        ("when", "2024-13-01"),
        ("when", "2024-04-31"),
        ("when", "4 March"),
        ("much", 1e30),
        ("much", "5.00"),
        ("count", 2.5),
        ("paid", "yes"),
        ("kind", "A"),
        ("parts", ["Total", "never said"]),
        ("parts", None),
    ],
)
def test_what_the_text_or_the_type_does_not_allow_is_refused(
    tokenizer: LLTokenizer, field: str, value: Any
) -> None:
    assert not admits(tokenizer, FIELDS, TEXT, render_answer(FIELDS, GOOD | {field: value}))


def test_parts_of_a_word_are_words_where_letters_meet_digits_or_the_script_has_no_spaces(
    tokenizer: LLTokenizer,
) -> None:
    fields = (Field(name="x", type="string"),)
    for text, value in (("take 500mg daily", "500"), ("take 500mg daily", "mg"), ("東京都港区", "港区")):
        assert admits(tokenizer, fields, text, render_answer(fields, {"x": value}))


@pytest.mark.parametrize(
    ("value", "good"),
    [
        ("MAYER BROWN, LLP", True),
        ("MAYER-BROWN LLP.", True),
        ("(MAYER) BROWN LLP)", True),
        ('quoted “text" 5.00', True),  # as the text has it
        ("quoted text 5.00", True),
        ("text, 5.00 USD", True),
        ("5 .00, USD", True),
        ("MAYER LLP", False),
        ("LLP MAYER", False),
        ("MAYER BROWN und LLP", False),
        ("Mayer Brown, LLP", False),
        ("MAYER    BROWN", False),
        ("500 USD", False),
        ("5,00 USD", False),
        ("-5.00", False),
        ("5.00 %", False),
        (", LLP", False),
        (" LLP", False),
        ("LLP ", False),
        ("", False),
        ("--", False),
    ],
)
def test_a_text_that_may_be_derived_has_the_words_of_the_text_and_other_punctuation(
    tokenizer: LLTokenizer, value: str, good: bool
) -> None:
    fields = (
        Field(name="x", type="string", derived=True),
        Field(name="y", type="list[string]", derived=True),
        Field(name="z", type="string"),
    )
    text = 'by MAYER BROWN\nLLP: quoted “text" 5.00 USD'
    said = {"x": value, "y": ["MAYER, BROWN", value], "z": "MAYER BROWN"}
    assert admits(tokenizer, fields, text, render_answer(fields, said)) is good
    assert not admits(tokenizer, fields, text, render_answer(fields, said | {"z": "MAYER, BROWN"}))


_COUNTS = st.sampled_from(["one", "Two", "twelve", "2", "1", "a", "-", " ", ", "])


def _said(most: int) -> st.SearchStrategy[str]:
    return st.text('ab Ä1.2,-(\n&"\\é', max_size=most) | st.lists(_COUNTS, max_size=most // 3).map("".join)


@settings(max_examples=120, deadline=None)
@given(_said(30), _said(12))
def test_what_is_taught_of_such_a_text_can_be_written(tokenizer: LLTokenizer, text: str, value: str) -> None:
    fields = (Field(name="x", type="string", derived=True),)
    for start, end in Words(text).find(value, (0, len(text))):
        written = punctuated_as(text[start:end], value)
        assert written is not None
        assert admits(tokenizer, fields, text, render_answer(fields, {"x": written}))


def test_a_word_that_counts_may_be_in_digits_and_makes_no_other_number(tokenizer: LLTokenizer) -> None:
    fields = (Field(name="x", type="string", derived=True), Field(name="y", type="string"))
    text = "for Three years, or seven (7) months, twenty 5 days, all one"

    def admitted(value: str, other: str = "for") -> bool:
        return admits(tokenizer, fields, text, render_answer(fields, {"x": value, "y": other}))

    good = ("3 years", "Three years", "3, years", "seven (7) months", "7 (7) months", "all 1", "20 5 days")
    bad = ("33 years", "4 years", "77 months", "7, 7 months", "205 days", "25 days", "7(")
    assert [value for value in good if not admitted(value)] == []
    assert [value for value in bad if admitted(value)] == []
    assert not admitted("3 years", "3 years")


def test_a_window_of_thousands_of_words_may_be_punctuated_otherwise(tokenizer: LLTokenizer) -> None:
    """The words lead to each other: a chain as long as the window is too deep for what reads the grammar."""
    fields = (Field(name="x", type="string", derived=True),)
    words = [
        f"{'abcdefghij'[n % 10]}{'klmnopqrst'[n // 10 % 10]}{'uvwxyzabcd'[n // 100 % 10]}"
        for n in range(6000)
    ]
    text = " ".join(words)
    for first in (0, 63, 3000, 5980):
        said = words[first : first + 20]
        assert admits(tokenizer, fields, text, render_answer(fields, {"x": ", ".join(said)}))
        assert not admits(tokenizer, fields, text, render_answer(fields, {"x": ", ".join(reversed(said))}))


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("Koo, Hyunmo Jr.", True),
        ("O'Neil, Ann", True),
        ("Filed by", True),  # a name without a comma is words of the text
        ("Hyunmo, Koo", True),  # whether the text says so is for the span to tell
        ("Kim, Hyunmo", False),
        ("Ko, Hyunmo", False),
        (", Hyunmo", False),
        ("Koo, ", False),
        ("Koo,Hyunmo", False),
    ],
)
def test_a_person_is_named_with_the_family_name_first_in_words_of_the_text(
    tokenizer: LLTokenizer, name: str, good: bool
) -> None:
    fields = (Field(name="x", type="person"), Field(name="y", type="string"))
    text = "Filed by Hyunmo Jr. Koo, LLC, and by Ann O'Neil"
    assert admits(tokenizer, fields, text, render_answer(fields, {"x": name, "y": "Filed"})) is good


INVOICE = "Invoice of 3/4/2019, due May 1, 2019: 1,234.50 for seven cases (12), 2.5 million in all, -3 back"


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("date", ["2019-03-04", "2019-04-03", "2019-05-01"], ["2019-05-02", "2020-05-01", "2019-01-01"]),
        ("number", [1234.5, 7, 12, -12, 2.5, 2500000, -3, 2019, None], [1234, 123, 8, 0, -7, 1234.55, 25]),
        ("integer", [7, 12, -12, 2500000, -3, 2019, None], [2.5, 1234.5, 13]),
    ],
)
def test_a_date_or_a_number_is_one_that_the_text_writes_out(
    tokenizer: LLTokenizer, kind: FieldType, good: list[Any], bad: list[Any]
) -> None:
    fields = (Field(name="x", type=kind), Field(name="y", type="string"))

    def is_admitted(value: Any, text: str = INVOICE) -> bool:
        return admits(tokenizer, fields, text, render_answer(fields, {"x": value, "y": text.split()[0]}))

    assert [value for value in good if not is_admitted(value)] == []
    assert [value for value in bad if is_admitted(value)] == []
    assert is_admitted(None, "nothing of the kind")
    assert not any(is_admitted(value, "nothing of the kind") for value in good if value is not None)


def test_a_window_may_be_full_of_numbers(tokenizer: LLTokenizer) -> None:
    fields = (Field(name="x", type="number"), Field(name="y", type="integer"))
    text = "\n".join(f"{n * 7919 % 100_003:,}.{n % 100:02} | {n}" for n in range(2000))
    assert admits(tokenizer, fields, text, render_answer(fields, {"x": 7919 * 7 + 0.07, "y": 1999}))
    assert not admits(tokenizer, fields, text, render_answer(fields, {"x": 7919 * 7 + 0.08, "y": 1999}))


@pytest.mark.parametrize("derived", [False, True])
def test_a_small_number_can_be_written(tokenizer: LLTokenizer, derived: bool) -> None:
    fields = (Field(name="x", type="number", derived=derived),)
    text = "Rate 0.00001 a day, -0.000025 at night, 0.123456 in all"
    for value in (0.00001, -0.000025, 0.123456):
        assert admits(tokenizer, fields, text, render_answer(fields, {"x": value}))


digits = st.lists(st.sampled_from([*"0123456789.,- ()$%/k'", " May ", " of ", " million"]), max_size=40).map(
    "".join
)


@settings(deadline=None, max_examples=100)
@given(digits)
def test_what_is_written_has_its_place_in_the_text(text: str) -> None:
    finder = SpanFinder(text)
    for kind in ("date", "number", "integer"):
        one = Field(name="x", type=kind)
        for value in stated_values(one, text, Conventions(text)):
            assert finder.find(one, value) is not None


@pytest.mark.parametrize(
    ("kind", "text", "other", "value"),
    [
        ("date", "03/04/2019", "25/12/2019", "2019-03-04"),
        ("number", "262,000", "12.5", 262),
        ("number", "1.234", "7.200,50", 1.234),
    ],
)
def test_what_the_rest_of_the_document_rules_out_cannot_be_written(
    tokenizer: LLTokenizer, kind: FieldType, text: str, other: str, value: object
) -> None:
    fields = (Field(name="x", type=kind),)
    answer = render_answer(fields, {"x": value})
    assert not admits(tokenizer, fields, text, answer, f"{text} and {other}")
    # Where the rest has both ways, either may be.
    both = f"{text} and 25/12/2019 12/25/2019 12.5 12,5"
    assert admits(tokenizer, fields, text, answer, both)


def test_a_person_may_be_named_in_a_long_window(tokenizer: LLTokenizer) -> None:
    """Two runs in one expression were more states than llguidance allows."""
    fields = (Field(name="x", type="person"),)
    text = "; ".join(f"clause {n} of the statement, item {n * 7 % 97} of {n * 13 % 89}" for n in range(120))
    assert admits(tokenizer, fields, text + " Ann O'Neil", render_answer(fields, {"x": "O'Neil, Ann"}))


def test_fields_must_come_whole_and_in_order(tokenizer: LLTokenizer) -> None:
    answer = render_answer(FIELDS, GOOD)
    assert not admits(tokenizer, FIELDS, TEXT, answer[:-1])
    assert not admits(tokenizer, FIELDS, TEXT, render_answer(FIELDS[::-1], GOOD))


@settings(deadline=None, max_examples=60)
@given(data=st.data())
def test_any_part_of_any_text_can_be_answered_and_read_back(starter: Path, data: st.DataObject) -> None:
    # Without unassigned and private characters: the starter's vocabulary lacks some of their bytes.
    characters = st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co", "Zs", "Zl", "Zp"])
    name = data.draw(st.text(characters, min_size=1, max_size=20).filter(lambda s: s.strip()), "name")
    text = data.draw(st.text(characters | st.sampled_from(' \n\t"\\{}[]'), min_size=1, max_size=80), "text")
    words = WORD.findall(" ".join(text.split()))
    first = data.draw(st.integers(0, len(words)))
    last = data.draw(st.integers(first, len(words)))
    value = "".join(words[first:last]).strip() or None
    fields = (Field(name=name, type="string"), Field(name=name + "s", type="list[string]"))
    values = {name: value, name + "s": [value] if value else []}
    answer = render_answer(fields, values)
    assert parse_answer(fields, answer).values == values
    assert admits(grammar_tokenizer(starter), fields, text, answer)
