"""The tests' own ground: without an adapter, torch, mlx-lm and the engine compute the same."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest


@pytest.mark.parametrize(
    "kind",
    [
        "llama",
        "qwen3",
        "gemma",
        "gemma3_text",
        "phi3",
        "phi3 as llama",
        "llama as phi3",
        "gemma3",
        "llama in 4 bits",
    ],
)
def test_a_base_computes_the_same_everywhere(twin: Callable[[str], Any], kind: str) -> None:
    here = twin(kind)
    np.testing.assert_allclose(here.mlx_lm(), here.plain, atol=2e-5)
    np.testing.assert_allclose(here.engine(None), here.plain, atol=2e-5)
