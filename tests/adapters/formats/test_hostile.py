"""Files made to harm or broken on the way: only AdapterError comes out, and soon."""

import json
import struct
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from thresher.adapters.adapter import Adapter
from thresher.adapters.base_model import BaseModel
from thresher.adapters.errors import AdapterError
from thresher.adapters.formats.exporting import Form, export
from thresher.adapters.formats.importing import import_adapter

FORMS: list[Form] = ["peft", "mlx_lm"]
KEYS = [
    *(
        "peft_type",
        "r",
        "lora_alpha",
        "rank_pattern",
        "alpha_pattern",
        "use_rslora",
        "target_modules",
        "bias",
    ),
    *("exclude_modules", "layers_to_transform", "layers_pattern", "init_lora_weights", "modules_to_save"),
    *("base_model_name_or_path", "fine_tune_type", "num_layers", "lora_parameters", "model", "use_dora"),
]
odd = st.one_of(
    *(st.none(), st.booleans(), st.integers(), st.just(10**400), st.floats(), st.text(max_size=8)),
    st.sampled_from(
        ["q_proj", "(", "[[a]", r"(?i)x", "a{99999}", ".*", "LORA", "lora", "all-linear", 5e-324, 1e308]
    ),
)
values = st.recursive(
    odd,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=5,
)
inner_keys = st.sampled_from(["rank", "scale", "keys", "dropout", "alpha", "q_proj", ".*"])
changes = st.dictionaries(
    st.sampled_from(KEYS), values | st.dictionaries(inner_keys, values, max_size=3), min_size=1, max_size=3
)
many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@pytest.fixture(params=FORMS)
def files(
    request: pytest.FixtureRequest, adapter: Adapter, base: BaseModel, tmp_path: Path
) -> dict[str, bytes]:
    """A good adapter's files, by name."""
    export(adapter, base, tmp_path / "good", request.param)
    return {path.name: path.read_bytes() for path in (tmp_path / "good").iterdir()}


def bring_in(files: dict[str, bytes], base: BaseModel) -> Adapter | None:
    """None where it is refused. Anything else that is raised is the test's failure."""
    with tempfile.TemporaryDirectory() as scratch:
        for name, content in files.items():
            (Path(scratch) / name).write_bytes(content)
        try:
            return import_adapter(Path(scratch), base, None, "it")
        except AdapterError:
            return None


def check_sound(adapter: Adapter | None, base: BaseModel) -> None:
    """What is let in is finite and fits."""
    for name, layer in adapter.layers.items() if adapter else ():
        assert (layer.b.shape[0], layer.a.shape[1]) == base.linear[name]
        assert np.isfinite(layer.a).all()
        assert np.isfinite(layer.b).all()


def test_the_files_are_good(files: dict[str, bytes], base: BaseModel) -> None:
    assert bring_in(files, base) is not None


def test_any_configuration(files: dict[str, bytes], base: BaseModel) -> None:
    good = json.loads(files["adapter_config.json"])

    @many
    @given(changes)
    @example({"lora_alpha": 10**400})
    @example({"target_modules": "[[a]"})
    @example({"alpha_pattern": {"(?i)q_proj": 3}})
    @example({"layers_to_transform": {"a": 1}, "target_modules": ["q_proj"]})
    @example({"rank_pattern": {"q_proj": 0}})
    @example({"alpha_pattern": {"q_proj": 5e-324}})
    @example({"lora_parameters": {"rank": 4, "scale": float("nan"), "keys": [[]]}})
    def check(changed: dict[str, Any]) -> None:
        content = json.dumps({**good, **changed}).encode()
        check_sound(bring_in({**files, "adapter_config.json": content}, base), base)

    check()


@pytest.mark.parametrize(
    "content",
    [b"", b"[" * 100_000, b"\xff\xfe{}", b"[]", b"null", b'{"r": ' + b"1" * 5000 + b"}", b'{"r":1'],
    ids=["empty", "deep", "not UTF-8", "a list", "null", "a long number", "cut"],
)
def test_a_configuration_that_is_no_object(files: dict[str, bytes], base: BaseModel, content: bytes) -> None:
    assert bring_in({**files, "adapter_config.json": content}, base) is None


def weights_of(files: dict[str, bytes]) -> str:
    return next(name for name in files if name.endswith(".safetensors"))


def test_any_bytes_of_weights(files: dict[str, bytes], base: BaseModel) -> None:
    name = weights_of(files)
    size = len(files[name])

    @many
    @given(
        st.lists(
            st.tuples(st.integers(0, min(size - 1, 3000)), st.binary(min_size=1, max_size=4)), min_size=1
        )
    )
    def check(patches: list[tuple[int, bytes]]) -> None:
        content = bytearray(files[name])
        for at, patch in patches:
            content[at : at + len(patch)] = patch
        check_sound(bring_in({**files, name: bytes(content)}, base), base)

    check()


def test_any_header(files: dict[str, bytes], base: BaseModel) -> None:
    name = weights_of(files)
    (length,) = struct.unpack("<Q", files[name][:8])
    header = json.loads(files[name][8 : 8 + length])
    tensors = [key for key in header if key != "__metadata__"]
    parts = st.sampled_from(["dtype", "shape", "data_offsets"])
    numbers = st.one_of(st.integers(), st.just(float("inf")), st.just(1 << 62), st.floats(), st.none())
    contents = st.one_of(
        st.lists(numbers, max_size=4), values, st.sampled_from(["F64", "BF16", "I32", "F8_E4M3", "BOOL"])
    )

    @many
    @given(
        st.lists(st.tuples(st.sampled_from(tensors), parts, contents), min_size=1, max_size=3), st.booleans()
    )
    @example([(tensors[0], "shape", [float("inf"), 1])], False)
    @example([(tensors[0], "data_offsets", [0, float("nan")])], False)
    @example([(tensors[0], "shape", [])], False)
    def check(changed: list[tuple[str, str, Any]], drops: bool) -> None:
        lie = {key: dict(entry) for key, entry in header.items()}
        for tensor, part, content in changed:
            lie[tensor][part] = content
        if drops:
            del lie[changed[0][0]]
        encoded = json.dumps(lie).encode()
        whole = struct.pack("<Q", len(encoded)) + encoded + files[name][8 + length :]
        check_sound(bring_in({**files, name: whole}, base), base)

    check()


def rewritten(files: dict[str, bytes], change: Callable[[dict[str, Any]], None]) -> dict[str, bytes]:
    from safetensors.numpy import load, save

    name = weights_of(files)
    tensors = load(files[name])
    change(tensors)
    return {**files, name: save(tensors)}


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf])
def test_numbers_that_are_none(files: dict[str, bytes], base: BaseModel, number: float) -> None:
    def change(tensors: dict[str, Any]) -> None:
        tensors[sorted(tensors)[3]][0, 0] = number

    assert bring_in(rewritten(files, change), base) is None


@pytest.mark.parametrize("files", ["peft"], indirect=True)
def test_a_scale_that_no_float32_holds_is_refused(files: dict[str, bytes], base: BaseModel) -> None:
    config = {**json.loads(files["adapter_config.json"]), "alpha_pattern": {"q_proj": 1e90}}
    assert bring_in({**files, "adapter_config.json": json.dumps(config).encode()}, base) is None


def test_half_precision_is_read_exactly(files: dict[str, bytes], base: BaseModel) -> None:
    def change(tensors: dict[str, Any]) -> None:
        for name in tensors:
            tensors[name] = tensors[name].astype(np.float16)

    whole, half = bring_in(files, base), bring_in(rewritten(files, change), base)
    assert whole is not None
    assert half is not None
    for name, layer in half.layers.items():
        np.testing.assert_array_equal(layer.b, whole.layers[name].b.astype(np.float16).astype(np.float32))


def test_a_matrix_there_under_two_names(files: dict[str, bytes], base: BaseModel) -> None:
    def change(tensors: dict[str, Any]) -> None:
        name = sorted(tensors)[0]
        other = name.replace("lora_A.weight", "lora_A.default.weight").replace("lora_a", "lora_a.twice")
        tensors[other] = tensors[name]

    assert bring_in(rewritten(files, change), base) is None
