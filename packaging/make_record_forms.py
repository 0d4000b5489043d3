"""Make labels of a domain's own record types as other sources write such documents.

    python packaging/make_record_forms.py OUT.jsonl --record-type expenses/receipt --count 300 --seed 1

An adapter that has seen till receipts alone says of a receipt that came by mail that it states nothing. The
words are invented (`writers`), so that weights trained on them may be shipped; gold is right by
construction. The same seed makes the same file.
"""

import argparse
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from made_labels import write_labels
from make_assorted import WORDS
from writers.clinical_notes import ClinicalNote
from writers.invoice_writer import InvoiceWriter
from writers.order_notes import OrderNote
from writers.production_writer import ProductionReport
from writers.record_forms import FORMS, RecordForm
from writers.risk_writer import RiskWriter
from writers.statement_writer import StatementWriter
from writers.valuation_writer import Valuation

from thresher.adapters.training.draw import Draw


class _Writer(Protocol):
    def write(self) -> tuple[str, dict[str, Any]]: ...


#: Those that are more than values behind labels, each with its writer.
WRITERS: dict[str, Callable[[dict[str, Any], Draw], _Writer]] = {
    "financial/statement": StatementWriter,
    "healthcare/clinical_note": ClinicalNote,
    "invoices/invoice": InvoiceWriter,
    "legal/risk_flags": RiskWriter,
    "manufacturing/production_report": ProductionReport,
    "manufacturing/work_order": OrderNote,
    "real_estate/valuation": Valuation,
}
RECORD_TYPES = (*(name for name in FORMS if "/" in name), *WRITERS)


def make_record_forms(record_type: str, count: int, seed: int) -> Iterator[dict[str, Any]]:
    """So many labels of the record type, which is DOMAIN/NAME: `{"id", "input", "output"}`."""
    for number in range(count):
        draw = Draw(seed, record_type, number)
        writer = WRITERS.get(record_type, partial(RecordForm, record_type))
        text, gold = writer(WORDS, draw).write()
        name = record_type.rpartition("/")[2]
        yield {"id": f"{name}-form-{seed}-{number:05}", "input": text, "output": gold}


def write(path: Path, record_type: str, count: int, seed: int) -> None:
    """Writes the labels, whole or not at all."""
    write_labels(path, make_record_forms(record_type, count, seed))


def main() -> None:
    """Writes the file of the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--record-type", choices=RECORD_TYPES, required=True)
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    write(asked.out, asked.record_type, asked.count, asked.seed)


if __name__ == "__main__":
    main()
