"""Exports are whole, new, and of an adapter that fits."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.adapter import Adapter
from thresher.adapters.base_model import BaseModel
from thresher.adapters.errors import AdapterError
from thresher.adapters.formats.exporting import FORMS, export


@pytest.mark.parametrize("form", FORMS)
def test_what_is_there_stays(form: Any, adapter: Adapter, base: BaseModel, tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.write_text("mine", "utf-8")
    with pytest.raises(AdapterError, match=r"is there already\. Choose another name"):
        export(adapter, base, target, form)
    assert target.read_text("utf-8") == "mine"
    target.unlink()
    target.symlink_to(tmp_path / "nowhere")
    with pytest.raises(AdapterError, match="is there already"):
        export(adapter, base, target, form)


@pytest.mark.parametrize("form", FORMS)
def test_an_adapter_of_another_base_is_refused(
    form: Any, adapter: Adapter, base: BaseModel, tmp_path: Path
) -> None:
    first, second, *_ = base.linear
    linear = {**base.linear, first: (1, 2)}
    del linear[second]
    with pytest.raises(AdapterError) as error:
        export(adapter, replace(base, linear=linear), tmp_path / "out", form)
    assert f"{first}: has outputs and inputs (16, 16), the base (1, 2)" in str(error.value)
    assert f"{second}: has outputs and inputs (8, 16), the base None" in str(error.value)
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_leaves_nothing(
    adapter: Adapter, base: BaseModel, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AdapterError, match=r"cannot be written \(No space left on device\)"):
        export(adapter, base, tmp_path / "out", "peft")
    assert list(tmp_path.iterdir()) == []
