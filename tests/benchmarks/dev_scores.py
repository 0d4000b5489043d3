"""What an adapter, or the base alone, gets right of labelled documents of a record type."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from thresher.adapters.adapter_folder import read_adapter, write_adapter
from thresher.adapters.manifest import read_manifest
from thresher.adapters.pack import RecordType
from thresher.adapters.pack_library import find_packs
from thresher.app.cli.evaluate import extract_labelled, own_fields
from thresher.app.cli.narration import Narrator
from thresher.app.documents.read import read_document
from thresher.app.evaluation.records import GoldRecord, load_gold, predicted
from thresher.app.evaluation.score import Scores, score
from thresher.app.locations import Locations
from thresher.app.pack_shots import pack_shots
from thresher.app.record import Record
from thresher.app.session import Session

_NAME = "measured"


@contextmanager
def fresh_home() -> Iterator[Locations]:
    """A home with the installed models, where nothing is answered yet."""
    with tempfile.TemporaryDirectory() as home:
        here = Locations(Path(home))
        here.models.symlink_to(Locations.default().models, target_is_directory=True)
        yield here


def dev_scores(folder: Path, adapter: Path | None, upto: int | None) -> Scores:
    """Of the first so many documents of DOMAIN/RECORD_TYPE/dev.jsonl; None is the base alone, or all."""
    return scores_of(folder, labelled(folder, "dev.jsonl")[:upto], adapter)


def labelled(folder: Path, file: str) -> list[GoldRecord]:
    """The labels of a file of DOMAIN/RECORD_TYPE."""
    own, are_open = own_fields(find_packs().pick(folder.parent.name, folder.name), ())
    return load_gold(folder / file, own, open_fields=are_open)


def examples_of(asked: RecordType) -> list[GoldRecord]:
    """The pack's own examples, read as any document."""
    return [
        GoldRecord(one.id, read_document(one.path).text, one.output, one.fields) for one in asked.examples()
    ]


def learnt() -> dict[tuple[str, str], Path]:
    """What the shipped adapters of domains were trained on, by domain and record type: their folders."""
    packs = find_packs().packs.values()
    folders = [path.parent for one in packs for path in one.folder.glob("adapters/*/manifest.json")]
    bound = [(read_manifest(folder).pack, folder) for folder in folders]
    return {(pack.domain, name): folder for pack, folder in bound if pack for name in pack.record_types}


def scores_of(folder: Path, gold: Sequence[GoldRecord], adapter: Path | None) -> Scores:
    """Of these labels of DOMAIN/RECORD_TYPE, with everything stated; None is the base alone."""
    return score(gold, [predicted(record) for record in records_of(folder, gold, adapter)])


def records_of(
    folder: Path, gold: Sequence[GoldRecord], adapter: Path | None, *, shown: bool = False
) -> list[Record]:
    """As `scores_of`, before they are scored. `shown`: the pack's examples are, whoever answers."""
    with fresh_home() as here:
        if adapter:
            write_adapter(here.adapters / _NAME, read_adapter(adapter))
        with Session(here) as session:
            task = session.task(folder.parent.name, folder.name, adapter=_NAME if adapter else "none")
            if shown:
                own = session.found_packs().pick(task.domain, task.record_type)
                task = replace(task, shots=pack_shots(own))
            task = session.whole(task)
            return extract_labelled(session, gold, task, Narrator(quiet=True), None, again=True)
