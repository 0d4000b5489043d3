"""Markdown reads well, and a document's markup stays text in it."""

from dataclasses import replace

from hypothesis import given

from thresher.app.record import Outcome, Value

from .conftest import RECORD, hostile, texts, written


def test_markdown_reads_well() -> None:
    assert written("markdown", RECORD).decode() == (
        "## a/r.pdf\n\n- Document: in/a/r.pdf\n- Record: expenses/receipt\n- Model: starter + receipts-2\n"
        "- Status: ok\n\n"
        "| Field | Value | Outcome | Confidence | Place |\n| --- | --- | --- | ---: | --- |\n"
        "| company | Acme, Ltd | found | 0.90 |  |\n| signed | 2024-03-05 | found | 0.80 | page 1 |\n"
        "| total | -12.5 | found | 0.70 |  |\n| items | bolts; nuts | ungrounded | 0.50 | page 2 |\n"
        "| paid | yes | found |  |  |\n| status |  | absent | 0.40 |  |\n\n"
    )


def test_small_numbers_are_written_in_digits() -> None:
    record = replace(RECORD, values={"rate": Value(0.00001, Outcome.FOUND, 0.9)})
    assert "| rate | 0.00001 | found | 0.90 |" in written("markdown", record).decode()


def test_markup_of_a_document_stays_text_in_markdown() -> None:
    text = "a|b <script>x</script> [l](http://h) `c` **b** &amp; \\| ![i](u) ~~s~~\n# h\u2028|\x1b[31m\u202e"
    (row,) = (line for line in written("markdown", hostile(text)).decode().split("\n") if "| company" in line)
    expected = (
        r"a\|b \<script\>x\</script\> \[l\](http\://h) \`c\` \*\*b\*\* \&amp; \\\| !\[i\](u) \~\~s\~\~"
        "<br>\\# h<br>\\|\ufffd\\[31m\ufffd"
    )
    assert row == f"| company | {expected} | found | 0.50 | {expected} |"


@given(texts)
def test_a_markdown_record_has_as_many_lines_whatever_the_text(text: str) -> None:
    shown = written("markdown", hostile(f"x{text}")).decode()
    assert len(shown.splitlines()) == len(written("markdown", hostile("x")).decode().splitlines())
