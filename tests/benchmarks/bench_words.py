"""What share of a document's words comes out whole, where it is read from its original.

    python tests/benchmarks/bench_words.py LABELLED --only expenses/receipt --space-weights 1 2 5 10 30

LABELLED is a folder with DOMAIN/RECORD_TYPE/train.jsonl, in which some lines name the `file` that the
document is: a PDF, a scan, a photograph. The words of that line's text are the measure. OCR is asked once for
each weight of the space between two words.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from unittest.mock import patch

from dev_scores import labelled

from thresher.adapters.values import normalise
from thresher.app.documents import ocr
from thresher.app.documents.document import Document
from thresher.app.documents.read import read_document
from thresher.app.evaluation.records import GoldRecord


def folders(data: Path, only: Sequence[str], labels: str) -> Iterator[Path]:
    """Of the record types asked for, those with originals."""
    for path in sorted(data.glob(f"*/*/{labels}")):
        if (path.parent / "files").is_dir() and (not only or f"{path.parts[-3]}/{path.parts[-2]}" in only):
            yield path.parent


def originals(folder: Path, labels: str) -> list[tuple[GoldRecord, Path]]:
    """The labels whose document lies beside them, with its path."""
    lines = map(json.loads, (folder / labels).read_text("utf-8").splitlines())
    files = {line["id"]: folder / line["file"] for line in lines if line.get("file")}
    return [(one, files[one.id]) for one in labelled(folder, labels) if one.id in files]


def words(pairs: Iterable[tuple[GoldRecord, Document]]) -> dict[str, int]:
    """Words of the labels' texts, of what is read, and those in both; and how many pages OCR read."""
    known = read = both = by_ocr = 0
    for gold, document in pairs:
        wanted, got = (Counter(map(normalise, text.split())) for text in (gold.text, document.text))
        known, read, both = known + wanted.total(), read + got.total(), both + (wanted & got).total()
        by_ocr += document.ocr_pages
    return {"words": known, "words_read": read, "words_whole": both, "ocr_pages": by_ocr}


def main() -> None:
    """Reads, and tells as it goes."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--only", nargs="*", default=[], metavar="DOMAIN/RECORD_TYPE")
    parser.add_argument("--space-weights", nargs="+", type=float, default=[ocr.SPACE_WEIGHT])
    asked = parser.parse_args()
    for folder in folders(asked.labelled, asked.only, "train.jsonl"):
        pairs = originals(folder, "train.jsonl")
        for weight in asked.space_weights:
            with patch.object(ocr, "SPACE_WEIGHT", weight):
                told = words((gold, read_document(path)) for gold, path in pairs)
            shares = [told["words_whole"] / told[name] for name in ("words", "words_read")]
            name = f"{folder.parent.name}/{folder.name}, {len(pairs)} documents, a space weighed {weight:g}"
            sys.stdout.write(f"{name}: {shares[0]:.1%} of {told['words']} words come out whole, ")
            sys.stdout.write(f"{shares[1]:.1%} of {told['words_read']} read are theirs\n")


if __name__ == "__main__":
    main()
