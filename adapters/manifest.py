"""The manifest of an adapter: what it was made for, from what, how, and how good it is.

`manifest.json` lies beside PEFT's two files, which hold all that PEFT, vLLM and llama.cpp's converter read.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from thresher.adapters.cues import Cues
from thresher.adapters.errors import AdapterError
from thresher.adapters.letters import Letters
from thresher.adapters.regular_file import read_regular_text

if TYPE_CHECKING:
    from thresher.adapters.pack import Pack

MANIFEST_FILE = "manifest.json"
FORMAT: Literal[1] = 1


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class BoundBase(_Part):
    """The base model that an adapter belongs to. Hashes are sha256 in hex."""

    name: str
    architecture: str
    fingerprint: str = Field(description="of the weights: names, shapes, types, bytes")
    tokenizer: str = Field(description="of tokenizer.json")
    template: str = Field(description="of the chat template")


class BoundPack(_Part):
    """The instructions and fields that an adapter learnt. `record_types` it was trained on.

    `hash` is theirs (`Pack.hash_of`); that of the whole pack where no record type is named.
    """

    domain: str
    hash: str
    record_types: tuple[str, ...] = ()

    @classmethod
    def of(cls, pack: "Pack", record_types: Iterable[str] = ()) -> Self:
        """Binds to these record types of a pack; to the whole pack where none is named."""
        names = tuple(dict.fromkeys(record_types))
        return cls(domain=pack.domain, hash=pack.hash_of(names), record_types=names)


class TriedRate(_Part):
    """A learning rate that was tried in a short run, and what came of it."""

    rate: float
    loss: float | None = Field(description="on the labels held back, in nats; None where it was not finite")
    steps: int


class Recipe(_Part):
    """How it was trained: the run's configuration as it was, and what it came to."""

    trainer: Literal["train_mlx", "train_cuda"]
    versions: dict[str, str] = Field(description="of the libraries that matter")
    configuration: dict[str, Any]
    learning_rate: float = Field(description="the one used, where the configuration left it open")
    steps: int
    seconds: float
    tried: tuple[TriedRate, ...] = Field(default=(), description="the rates that `--sweep` chose from")


class Data(_Part):
    """What it was trained on: a fingerprint and counts, never the text."""

    fingerprint: str = Field(description="sha256 over the labels, in hex")
    train: int = Field(description="labels")
    validation: int
    proof: int = Field(default=0, description="labels that the run did not see in any way")
    licence: str | None = None
    attribution: str | None = None


class Score(_Part):
    """How good it was on documents that it never saw."""

    domain: str
    record_type: str
    records: int
    f1: float
    all_right: float
    fields: dict[str, float] = Field(default={}, description="F1 by field")
    data: str | None = Field(default=None, description="fingerprint of the gold records")


class Source(_Part):
    """Where an adapter that was not trained here came from, and what its own files said."""

    format: Literal["peft", "mlx_lm"]
    base: str | None = Field(description="the base's name in its own configuration")
    notes: tuple[str, ...] = Field(default=(), description="what conversion changed")


#: The cues of booleans, dates and texts, by `domain/record_type` and field.
CuesByType = dict[str, dict[str, Cues]]


class Manifest(_Part):
    """The content of manifest.json."""

    format: Literal[1] = FORMAT
    name: str
    made: datetime
    origin: Literal["shipped", "trained", "imported"]
    base: BoundBase
    pack: BoundPack | None = Field(description="None for an adapter of no one domain: the general one")
    weights: str = Field(description="sha256 over the matrices (names, shapes, types, bytes) and their scale")
    parent: str | None = Field(default=None, description="`weights` of the adapter that it started from")
    recipe: Recipe | None = None
    data: Data | None = None
    scores: tuple[Score, ...] = ()
    unfit_for: tuple[str, ...] = Field(default=(), description="domains where the base alone scored better")
    names_decide: bool = Field(
        default=False,
        description="whether what a document says by the names of fields and choices goes first",
    )
    shows_examples: bool = Field(
        default=False, description="whether its prompts show the pack's examples, as it was taught"
    )
    cues: CuesByType = Field(default={}, description="of the booleans, dates and texts that it learnt")
    letters: dict[str, Letters] = Field(
        default={}, description="in which it learnt documents, by `domain/record_type`"
    )
    source: Source | None = None

    def cues_of(self, domain: str, record_type: str) -> dict[str, Cues]:
        """The cues of a record type's fields, by name; of those that have none there is nothing."""
        return self.cues.get(type_name(domain, record_type), {})

    def letters_of(self, domain: str, record_type: str) -> Letters:
        """The letters in which it learnt documents of a record type; of no document where it learnt none."""
        return self.letters.get(type_name(domain, record_type), Letters())


def type_name(domain: str, record_type: str) -> str:
    """A record type as a manifest names it."""
    return f"{domain}/{record_type}"


def read_manifest(folder: Path) -> Manifest:
    """The manifest in `folder`. Raises AdapterError that names file and key."""
    path = folder / MANIFEST_FILE
    try:
        content = json.loads(read_regular_text(path))
    except FileNotFoundError:
        raise AdapterError(
            f"{folder.name}: {MANIFEST_FILE} is missing. Bring it in with `thresher adapters import`, which "
            "asks what the adapter was made for."
        ) from None
    except (OSError, ValueError, RecursionError) as error:
        raise AdapterError(f"{path}: cannot be read ({error}). Fetch the adapter again.") from error
    version = content.get("format") if isinstance(content, dict) else None
    if isinstance(version, int) and version > FORMAT:
        raise AdapterError(f"{path}: format {version} is from a newer Thresher. Update Thresher.")
    try:
        return Manifest.model_validate(content)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise AdapterError(f"{path}: {wrong}. Fetch the adapter again.") from error


def manifest_json(manifest: Manifest) -> str:
    """The content of the file."""
    return manifest.model_dump_json(indent=2) + "\n"
