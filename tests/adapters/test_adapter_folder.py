"""Our format on disk: whole or not at all, checked before use, bound to what it was made for."""

import json
import struct
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from thresher.adapters.adapter import Adapter
from thresher.adapters.adapter_folder import read_adapter, remove_adapter, unfit, write_adapter
from thresher.adapters.base_model import BaseModel
from thresher.adapters.errors import AdapterError
from thresher.adapters.manifest import BoundPack
from thresher.adapters.pack_library import find_packs


def test_what_is_written_is_read(adapter: Adapter, base: BaseModel, tmp_path: Path) -> None:
    manifest = write_adapter(tmp_path / "one", adapter)
    read = read_adapter(tmp_path / "one", base)
    assert read.manifest == manifest == adapter.manifest.model_copy(update={"weights": manifest.weights})
    assert (read.rank, read.alpha, read.scale) == (4, 8.0, 2.0)
    assert list(read.layers) == sorted(base.linear)
    for name, layer in adapter.layers.items():
        np.testing.assert_array_equal(read.layers[name].a, layer.a)
        np.testing.assert_array_equal(read.layers[name].b, layer.b)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["one"]  # no scratch left
    assert remove_adapter(tmp_path / "one") > 0
    assert list(tmp_path.iterdir()) == []


def test_what_is_written_is_on_the_disk_under_its_name(
    adapter: Adapter, tmp_path: Path, on_disk: set[int]
) -> None:
    folder = tmp_path / "one"
    write_adapter(folder, adapter)
    assert {path.stat().st_ino for path in (tmp_path, folder, *folder.iterdir())} <= on_disk


def test_matrices_in_half_the_bytes_are_read_as_they_were_rounded(
    adapter: Adapter, base: BaseModel, tmp_path: Path
) -> None:
    whole = write_adapter(tmp_path / "whole", adapter)
    half = write_adapter(tmp_path / "half", adapter, half=True, beside={"README.md": b"a card"})
    assert half.weights != whole.weights
    sizes = [(tmp_path / name / "adapter_model.safetensors").stat().st_size for name in ("whole", "half")]
    header = 4 * adapter.parameters - sizes[0]
    assert sizes[0] - sizes[1] == pytest.approx(2 * adapter.parameters, abs=-header)
    read = read_adapter(tmp_path / "half", base)
    assert (tmp_path / "half" / "README.md").read_bytes() == b"a card"
    for name, layer in adapter.layers.items():
        assert read.layers[name].a.dtype == np.float32
        np.testing.assert_array_equal(read.layers[name].a, layer.a.astype(np.float16))
        np.testing.assert_array_equal(read.layers[name].b, layer.b.astype(np.float16))
    # Rounded once: what is written again is the same.
    again = write_adapter(tmp_path / "again", replace(adapter, layers=read.layers), half=True)
    assert again.weights == half.weights


def test_a_number_that_half_the_bytes_cannot_hold_is_refused(adapter: Adapter, tmp_path: Path) -> None:
    next(iter(adapter.layers.values())).a[0, 0] = 1e6
    with pytest.raises(AdapterError, match="too large for float16"):
        write_adapter(tmp_path / "one", adapter, half=True)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_there_is_never_written_over(adapter: Adapter, tmp_path: Path) -> None:
    write_adapter(tmp_path / "one", adapter)
    with pytest.raises(AdapterError, match="is there already"):
        write_adapter(tmp_path / "one", adapter)


def test_other_weights_than_the_manifests_are_refused(adapter: Adapter, tmp_path: Path) -> None:
    write_adapter(tmp_path / "one", adapter)
    path = tmp_path / "one" / "adapter_model.safetensors"
    content = bytearray(path.read_bytes())
    content[-2] ^= 1
    path.write_bytes(content)
    with pytest.raises(AdapterError, match=r"not those that manifest\.json was written for"):
        read_adapter(tmp_path / "one")


def test_another_scale_than_the_manifests_is_refused(adapter: Adapter, tmp_path: Path) -> None:
    write_adapter(tmp_path / "one", adapter)
    path = tmp_path / "one" / "adapter_config.json"
    path.write_text(path.read_text().replace('"lora_alpha": 8', '"lora_alpha": 9'))
    with pytest.raises(AdapterError, match=r"not those that manifest\.json was written for"):
        read_adapter(tmp_path / "one")


def test_a_header_that_lies_about_its_size_is_refused(adapter: Adapter, tmp_path: Path) -> None:
    write_adapter(tmp_path / "one", adapter)
    path = tmp_path / "one" / "adapter_model.safetensors"
    content = path.read_bytes()
    path.write_bytes(struct.pack("<Q", 1 << 60) + content[8:])
    with pytest.raises(AdapterError, match="header is missing or cut"):
        read_adapter(tmp_path / "one")
    (length,) = struct.unpack("<Q", content[:8])
    header = json.loads(content[8 : 8 + length])
    name = next(key for key in header if key != "__metadata__")
    header[name]["shape"] = [1 << 40, 1 << 10]
    lie = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(lie)) + lie + content[8 + length :])
    with pytest.raises(AdapterError, match="lies about the place or the size"):
        read_adapter(tmp_path / "one")


def test_all_mismatches_are_told_at_once(adapter: Adapter, base: BaseModel, tmp_path: Path) -> None:
    write_adapter(tmp_path / "one", adapter)
    other = dict(base.linear)
    first, second, *_ = other
    del other[first]
    other[second] = (999, 16)
    other["model.layers.9.mlp.up_proj"] = (24, 16)
    with pytest.raises(AdapterError) as error:
        read_adapter(tmp_path / "one", replace(base, linear=other))
    assert f"{first}: the base has no such layer" in str(error.value)
    assert f"{second}: has 8 outputs and 16 inputs, the base 999 and 16" in str(error.value)


def test_a_manifest_of_a_newer_version_is_refused(adapter: Adapter, tmp_path: Path) -> None:
    write_adapter(tmp_path / "one", adapter)
    path = tmp_path / "one" / "manifest.json"
    content = json.loads(path.read_text())
    path.write_text(json.dumps({**content, "format": 2}))
    with pytest.raises(AdapterError, match=r"newer Thresher\. Update Thresher"):
        read_adapter(tmp_path / "one")
    path.write_text(json.dumps({**content, "colour": "red"}))
    with pytest.raises(AdapterError, match="colour"):
        read_adapter(tmp_path / "one")
    path.unlink()
    with pytest.raises(AdapterError, match="thresher adapters import"):
        read_adapter(tmp_path / "one")


def test_what_does_not_fit_is_named_on_both_sides(adapter: Adapter, base: BaseModel) -> None:
    pack = find_packs().packs["expenses"]
    manifest = adapter.manifest.model_copy(update={"pack": BoundPack.of(pack, ["receipt"])})
    assert unfit(manifest, base, pack) == []
    assert unfit(adapter.manifest, base, None) == []
    other = base.identity.model_copy(update={"name": "big", "fingerprint": "a" * 64, "template": "b" * 64})
    told = [str(each) for each in unfit(adapter.manifest, replace(base, identity=other), pack)]
    assert [t.partition(".")[0] for t in told] == [
        "it was made for the base tiny (000000000000), here is big (aaaaaaaaaaaa)",
        "it was made for the chat template 000000000000, here is bbbbbbbbbbbb",
        f"it was made for the pack expenses (000000000000), here is expenses ({pack.hash_of()[:12]})",
    ]
