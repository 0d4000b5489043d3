"""What benchmarks of cues share: the labels that are asked for, and of each the cues of others."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from thresher.adapters.cues import Cues
from thresher.adapters.pack import RecordType
from thresher.adapters.pack_library import find_packs
from thresher.adapters.training.labels import Label, read_labels
from thresher.adapters.training.split import document_key

FOLDS = 5


def asked_labels(parser: ArgumentParser) -> tuple[Namespace, RecordType, list[Label]]:
    """What is asked (`upto`: of how many labels cues are learnt), the record type, the labels of the file."""
    parser.add_argument("labels", type=Path, help="a file of labels")
    parser.add_argument("--domain", required=True)
    parser.add_argument("--record-type", required=True)
    parser.add_argument("--upto", type=int, nargs="+", default=[50, 100, 200])
    asked = parser.parse_args()
    kind = find_packs().pick(asked.domain, asked.record_type)
    labels = read_labels([asked.labels], kind.fields, kind.instructions, kind.open_fields, unfit=[])
    return asked, kind, labels


def fold_of(label: Label) -> int:
    """The fold of a document, whatever the others are."""
    return int(sha256(document_key(label.text).encode("utf-8", "surrogatepass")).hexdigest(), 16) % FOLDS


def by_folds(
    labels: Sequence[Label], learn: Callable[[Sequence[Label]], dict[str, Cues]], upto: int | None = None
) -> Iterator[tuple[Label, dict[str, Cues]]]:
    """Each label with the cues of so many labels of the other folds."""
    for fold in range(FOLDS):
        cues = learn([label for label in labels if fold_of(label) != fold][:upto])
        yield from ((label, cues) for label in labels if fold_of(label) == fold)
