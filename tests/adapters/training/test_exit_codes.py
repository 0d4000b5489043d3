"""How a trainer ends: what is wrong with the run is told from what is wrong with the machine."""

import errno

import pytest

from thresher.adapters.errors import AdapterError, ModelError, PackError, ThresherError, UsageError
from thresher.adapters.training.exit_codes import DIVERGED, FAILED, NO_MODEL, WRONG, code_of
from thresher.adapters.training.labels import LabelError
from thresher.adapters.training.loop import Diverged


def because_of(number: int) -> UsageError:
    error = UsageError("state.safetensors: cannot be written")
    error.__cause__ = OSError(number, "as it says")
    return error


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (LabelError(["labels.jsonl:9: no"]), WRONG),
        (PackError("pack.yaml: no"), WRONG),
        (because_of(errno.EACCES), WRONG),
        (because_of(errno.ENOSPC), FAILED),
        (AdapterError("expenses-1: no"), FAILED),
        (ModelError("tiny: no"), NO_MODEL),
        (Diverged("the loss is not finite"), DIVERGED),
    ],
)
def test_an_error_has_the_code_of_its_kind(error: ThresherError, code: int) -> None:
    assert code_of(error) == code
