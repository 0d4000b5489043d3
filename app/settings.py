"""The user's settings: typed, with a sentence under each, and the hash of what changes an answer."""

import hashlib
import json
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from pydantic import Field as Setting

from thresher.adapters.errors import UsageError
from thresher.adapters.regular_file import read_regular
from thresher.adapters.yaml_keys import key_problems, parse_keys, save_keys
from thresher.app.task import STATE_FROM, Task

#: Raised whenever this code, given the same model and settings, would answer otherwise than it did: then
#: finished work is done anew.
METHOD = 12


class Settings(BaseModel):
    """What the user may change. Every setting has a default that works."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)

    model: str = Setting(default="starter", min_length=1)
    """The base model that answers, by the name that `thresher models list` shows."""

    window_tokens: int = Setting(default=768, ge=64)
    """How many tokens of a document the model reads at once; longer documents go in several windows."""

    window_overlap: int = Setting(default=96, ge=0)
    """How many tokens, about, two neighbouring windows share: a value half as long is never cut."""

    answer_tokens: int = Setting(default=1024, ge=16)
    """How many tokens the model may write for one window; what does not fit is marked truncated."""

    all_windows: bool = False
    """Whether every window of a long document is asked, also where the domain asks those that fit best."""

    state_from: float = Setting(default=STATE_FROM, ge=0, le=1)
    """How often a value must be right to be stated, by calibration or the model's own word; at 0 all are."""

    batch_tokens: int = Setting(default=32768, ge=64)
    """The most tokens held in memory for one batch: lower it where memory runs out, at the cost of speed."""

    @model_validator(mode="after")
    def _windows_move_on(self) -> Self:
        if self.window_overlap * 2 > self.window_tokens:
            raise ValueError("window_overlap may be at most half of window_tokens")
        return self


def load_settings(path: Path) -> Settings:
    """The settings of a YAML file; the defaults where there is none.

    Raises UsageError that names the file and the key: not YAML, an unknown key, a wrong value.
    """
    try:
        content = read_regular(path)
    except FileNotFoundError:
        return Settings()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); check its permissions") from error
    try:
        return Settings.model_validate(parse_keys(content))
    except ValidationError as error:
        problems = key_problems(error, Settings)
        raise UsageError(f"{path}: {problems}. Correct it, or remove it to use the default.") from error
    except ValueError as error:
        raise UsageError(f"{path}: {error} Without the file every default holds.") from error


def save_settings(path: Path, settings: Settings) -> None:
    """Write the file whole or not at all. Raises UsageError where it cannot be written."""
    save_keys(path, settings)


def settings_hash(
    task: Task, settings: Settings, model_fingerprint: str, adapter_fingerprint: str | None = None
) -> str:
    """The sha256, in hex, of all that changes a document's answer.

    The fingerprints stand for the weights; None where the base model answers alone. How much is held in
    memory at once changes no answer, and so is left out; so is how often a value must be right to be stated,
    for all that the model said is kept; and the pack's hash, since instructions and fields say it all.
    """
    parts: dict[str, Any] = {
        "method": METHOD,
        "domain": task.domain,
        "record_type": task.record_type,
        "instructions": task.instructions,
        "fields": [
            field.model_dump(mode="json", exclude=set() if field.counted_from else {"counted_from"})
            for field in task.fields
        ],
        "model": task.model,
        "adapter": task.adapter,
        "weights": model_fingerprint,
        "window_tokens": settings.window_tokens,
        "window_overlap": settings.window_overlap,
        "answer_tokens": settings.answer_tokens,
    }
    # Where these say nothing, as where no field is counted, the hash is as it was before they were there:
    # that work is not done anew.
    if adapter_fingerprint is not None:
        parts["adapter_weights"] = adapter_fingerprint
    if task.most_windows is not None:
        parts["most_windows"] = task.most_windows
    if task.shots:
        parts["shots"] = [[shot.text, shot.answer] for shot in task.shots]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()
