"""The precision of a run: what is asked, and what is faster where nothing is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from thresher.adapters.training.run_config import RunConfig
from thresher.train_cuda import device

pytestmark = pytest.mark.skipif(torch.cuda.is_available(), reason="of a machine without a GPU")


@pytest.fixture(autouse=True)
def _measured_anew() -> Iterator[None]:
    device._faster_on_cpu.cache_clear()
    yield
    device._faster_on_cpu.cache_clear()


def config(**keys: str) -> RunConfig:
    return RunConfig.model_validate({"base": "b", "out": "o", "labels": [Path("l")], **keys})


@pytest.mark.parametrize(("share", "expected"), [(0.5, "bfloat16"), (0.9, "float32"), (2.0, "float32")])
def test_a_cpu_takes_bfloat16_only_where_it_is_clearly_faster(
    share: float, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device, "_seconds", lambda dtype: share if dtype == torch.bfloat16 else 1.0)
    assert device.settled(config()).precision == expected


@pytest.mark.parametrize("busy", [range(0, 40), range(30, 100)])
def test_other_work_on_the_processor_does_not_make_bfloat16_the_faster_one(
    busy: range, monkeypatch: pytest.MonkeyPatch
) -> None:
    measured = 0

    def seconds(dtype: torch.dtype) -> float:
        nonlocal measured
        measured += 1
        return (5.0 if dtype == torch.bfloat16 else 1.0) * (20.0 if measured in busy else 1.0)

    monkeypatch.setattr(device, "_seconds", seconds)
    assert device.settled(config()).precision == "float32"


@pytest.mark.parametrize("asked", ["float32", "bfloat16"])
def test_what_is_asked_stands(asked: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(device, "_seconds")  # and nothing is measured
    assert device.settled(config(precision=asked)).precision == asked
    assert device.find_device(asked).products == getattr(torch, asked)


def test_activations_are_rough_on_a_gpu_alone() -> None:
    rough = torch.bfloat16
    assert device.Device(torch.device("cpu"), rough).activations == torch.float32
    assert device.Device(torch.device("cuda"), rough).activations == rough


def test_both_types_can_be_measured_on_this_machine() -> None:
    assert all(0 < device._seconds(dtype) < 60 for dtype in (torch.float32, torch.bfloat16))


def test_a_process_alone_has_the_room_of_the_machine() -> None:
    import psutil

    room = device.room()
    assert (room.shares, room.packs) == (1, True)
    assert 0 < room.free <= psutil.virtual_memory().total


@pytest.mark.parametrize(("dtype", "within"), [(torch.float32, "highest"), (torch.bfloat16, "medium")])
def test_products_of_float32_are_as_rough_as_the_frozen_layers(dtype: torch.dtype, within: str) -> None:
    with device.rough_products(device.Device(torch.device("cpu"), dtype)):
        assert torch.get_float32_matmul_precision() == within
    assert torch.get_float32_matmul_precision() == "highest"


def test_products_are_exact_again_after_an_error() -> None:
    with pytest.raises(KeyError), device.rough_products(device.Device(torch.device("cpu"), torch.bfloat16)):
        raise KeyError
    assert torch.get_float32_matmul_precision() == "highest"
