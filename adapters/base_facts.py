"""What is known of an installed model: `thresher.json` in its folder. Knows nothing of how it came there."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from thresher.adapters.errors import ModelError, is_forbidden
from thresher.adapters.regular_file import read_regular_text

FACTS_FILE = "thresher.json"


class FileFacts(BaseModel):
    """One file of a model: its size in bytes and its sha256 in hex."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    size: int
    sha256: str


class ModelFacts(BaseModel):
    """The content of thresher.json. Sizes and memory are in bytes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1] = 1
    name: str
    kind: Literal["starter", "hub", "local"]
    source: str = Field(description="the package, the repository, or the path it was copied from")
    revision: str | None = Field(description="the package's version or the repository's commit")
    licence: str | None
    architecture: str
    bits: int | None = Field(description="None where the weights are not quantised")
    group_size: int | None
    context: int = Field(description="the longest text in tokens")
    parameters: int
    memory: int = Field(description="weights as stored, plus cache and work space")
    fingerprint: str = Field(description="sha256 over names, shapes, types and bytes of the weights")
    files: dict[str, FileFacts]

    @property
    def size(self) -> int:
        """Bytes on disk."""
        return sum(file.size for file in self.files.values())


@dataclass(frozen=True)
class InstalledModel:
    """A model that is whole and ready: its folder and its facts."""

    folder: Path
    facts: ModelFacts

    @property
    def name(self) -> str:
        """The name it is asked for by."""
        return self.folder.name

    @property
    def fingerprint(self) -> str:
        """What an adapter is bound to: the sha256 of the weights, in hex."""
        return self.facts.fingerprint


def read_facts(folder: Path) -> ModelFacts:
    """The facts of the model in `folder`. Raises ModelError where they are missing or malformed."""
    path = folder / FACTS_FILE
    remedy = f"Run `thresher models remove {folder.name}` and pull or add it again."
    try:
        content = json.loads(read_regular_text(path))
    except FileNotFoundError:
        raise ModelError(
            f"{folder.name}: {FACTS_FILE} is missing, so the model is not whole. {remedy}"
        ) from None
    except (OSError, ValueError) as error:
        if is_forbidden(error):  # the model may be whole: nothing that removes it
            raise ModelError(f"{path}: may not be read. Change its permissions.") from error
        raise ModelError(f"{path}: cannot be read ({error}). {remedy}") from error
    if isinstance(content, dict) and isinstance(version := content.get("format"), int) and version > 1:
        raise ModelError(f"{path}: format {version} is from a newer Thresher. Update Thresher.")
    try:
        return ModelFacts.model_validate(content)
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ModelError(f"{path}: {wrong}. {remedy}") from error
