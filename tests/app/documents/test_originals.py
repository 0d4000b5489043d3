"""Real documents, where a developer has them: forms, invoices and photographs of receipts."""

import json
import re
from pathlib import Path

import pytest

from thresher.app.documents.read import read_document


def words(text: str) -> set[str]:
    return set(re.findall(r"\w{3,}", text.casefold()))


@pytest.mark.parametrize(
    ("record_type", "count"),
    [("invoices/ad_buy", 3), ("government/fara_form", 3), ("legal/nda", 3), ("expenses/receipt", 1)],
)
def test_the_words_of_the_labelled_text_are_read(shared_data: Path, record_type: str, count: int) -> None:
    folder = shared_data / record_type
    lines = (folder / "train.jsonl").read_text("utf-8").splitlines()
    with_files = [record for record in map(json.loads, lines) if record.get("file")][:count]
    assert with_files
    for record in with_files:
        document = read_document(folder / record["file"])
        wanted = words(record["input"])
        assert len(wanted & words(document.text)) / len(wanted) > 0.8, record["file"]
