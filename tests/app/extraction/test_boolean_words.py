from thresher.adapters.fields import Field
from thresher.adapters.windows import Window
from thresher.app.documents.document import Document
from thresher.app.extraction.boolean_words import boolean_words
from thresher.app.extraction.merge import merge
from thresher.app.extraction.signals import Sureness
from thresher.app.extraction.window_answer import WindowAnswer

INSURANCE = Field(name="insurance", type="boolean", description="Whether goods are insured")
AUDIT = Field(name="audit", type="boolean", description="Whether books are audited")
BUYER = Field(name="buyer", type="string", description="Who buys the goods")
FILLER = "Notices go by post to the other side. " * 200


def test_of_a_long_text_the_part_counts_that_has_most_of_the_words() -> None:
    said = "Bolt keeps the goods insured, and shows the insurance to Acme. "
    once = boolean_words([INSURANCE, AUDIT], FILLER + said + FILLER)
    assert once["insurance"] > once["audit"] == 0
    # As much as if it stood alone: what the rest of the contract says takes nothing away.
    assert once["insurance"] == boolean_words([INSURANCE, AUDIT], said)["insurance"]
    # A word here and another far away are no clause.
    apart = boolean_words([INSURANCE], "goods" + FILLER + "insured")
    assert apart["insurance"] < boolean_words([INSURANCE], "goods insured")["insurance"]


def test_an_empty_text_has_no_words_and_other_fields_are_not_asked() -> None:
    assert boolean_words([INSURANCE, BUYER], "") == {"insurance": 0.0}
    assert boolean_words([BUYER], "the buyer") == {}


def test_a_booleans_signals_have_it_whatever_the_model_said() -> None:
    text = "The goods are insured. Bolt buys."
    sure = (Sureness(-0.5, -0.5, 1),)
    fields = [INSURANCE, AUDIT, BUYER]
    values = {"insurance": False, "audit": True, "buyer": "Bolt"}
    answer = WindowAnswer(Window(0, len(text), 0, 9), values, dict.fromkeys(values, sure))
    merged = merge(Document("a.txt", "0" * 64, "text", text), fields, [answer])
    words = boolean_words(fields, text)
    assert merged["insurance"].value is False
    assert words["insurance"] > 0
    assert [each.words for name in values for each in merged[name].signals] == [
        words["insurance"], 0.0, None
    ]  # fmt: skip
