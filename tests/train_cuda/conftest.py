"""Tiny bases as mlx-lm writes them, and plans of a few short examples: a step takes milliseconds."""

import json
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thresher.adapters.adapter import LoraLayer
from thresher.adapters.base_model import BaseModel, read_base
from thresher.adapters.manifest import Data
from thresher.adapters.training.examples import Example
from thresher.adapters.training.plan import Plan
from thresher.adapters.training.run_config import RunConfig

SIZES: dict[str, Any] = {
    "hidden_size": 64,
    "num_hidden_layers": 2,
    "intermediate_size": 128,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 32,
    "rms_norm_eps": 1e-5,
    "vocab_size": 96,
    "max_position_embeddings": 256,
    "rope_theta": 10000.0,
    "tie_word_embeddings": True,
}
MakeBase = Callable[..., Path]
MakePlan = Callable[..., Plan]
MakeRun = Callable[..., Path]


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """PEFT asks transformers by an old name; any other warning stays an error."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", ".*is_gradient_checkpointing.*", FutureWarning)
        yield


def write_base(
    folder: Path, architecture: str = "llama", bits: int | None = 4, mixed: bool = False, **sizes: Any
) -> Path:
    """An MLX base with random weights, in float16 as on the Hub, quantised in groups of 32.

    With `mixed`, some layers have more bits and one has none.
    """
    import mlx.core as mx
    from mlx import nn
    from mlx.utils import tree_flatten
    from mlx_lm.utils import _get_classes

    config = {**SIZES, "model_type": architecture, **sizes}
    model_class, args_class = _get_classes(config)
    mx.random.seed(5)
    model = model_class(args_class.from_dict(config))
    model.update(
        {"model": _larger(model.parameters()["model"])},
    )
    model.set_dtype(mx.float16)
    if bits is not None:
        config["quantization"] = {"bits": bits, "group_size": 32}

        def packing(path: str, module: Any) -> Any:
            if not hasattr(module, "to_quantized"):
                return False
            if mixed and path.endswith("v_proj"):
                return False
            if mixed and path.endswith(("down_proj", "embed_tokens")):
                config["quantization"][path] = {"bits": 8, "group_size": 64}
                return config["quantization"][path]
            return True

        nn.quantize(model, 32, bits, class_predicate=packing)
    folder.mkdir(parents=True)
    mx.save_safetensors(
        str(folder / "model.safetensors"), dict(tree_flatten(model.parameters())), {"format": "mlx"}
    )
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    (folder / "tokenizer.json").write_text("{}", "utf-8")
    (folder / "chat_template.jinja").write_text("{{ messages }}", "utf-8")
    return folder


def _larger(tree: Any) -> Any:
    """Norms that are no ones and weights that are not near nothing: a mistake in either shows."""
    import mlx.core as mx
    from mlx.utils import tree_map

    return tree_map(lambda w: 0.15 * mx.random.normal(w.shape) + (w if w.ndim == 1 else 0), tree)


@pytest.fixture(scope="session")
def make_base(tmp_path_factory: pytest.TempPathFactory) -> MakeBase:
    """Writes a base into a folder of its own; see `write_base`."""

    def make(*arguments: Any, **named: Any) -> Path:
        return write_base(tmp_path_factory.mktemp("bases") / "base", *arguments, **named)

    return make


@pytest.fixture(scope="session")
def tiny(make_base: MakeBase) -> Path:
    """A Llama of 4 bits; read it, never write to it."""
    return make_base()


def some_examples(count: int, seed: int = 3, vocabulary: int = 96) -> tuple[Example, ...]:
    """Examples of 8 to 30 tokens, of which the last 2 to 7 are targets."""
    draw = np.random.default_rng(seed)
    made = []
    for number in range(count):
        length, targets = int(draw.integers(8, 31)), int(draw.integers(2, 8))
        tokens = draw.integers(0, vocabulary, length, dtype=np.int32)
        tokens[:5] = np.arange(1, 6)  # what all of them begin with
        mask = np.arange(length) >= length - targets
        made.append(Example(f"doc-{number}", 0, tokens, mask, shared=5))
    return tuple(made)


def first_layers(base: BaseModel, rank: int, seed: int = 11) -> dict[str, LoraLayer]:
    """Both matrices away from zero, so that every gradient counts."""
    draw = np.random.default_rng(seed)

    def numbers(*shape: int) -> Any:
        return (0.1 * draw.normal(size=shape)).astype(np.float32)

    return {name: LoraLayer(numbers(rank, i), numbers(o, rank)) for name, (o, i) in base.linear.items()}


@pytest.fixture
def make_plan(tiny: Path, tmp_path: Path) -> MakePlan:
    """A plan on a base (the tiny one by default); `examples` and `held` are how many of each side."""

    def make(folder: Path = tiny, examples: int = 12, held: int = 0, **config: Any) -> Plan:
        base = read_base(folder)
        settings: dict[str, Any] = {"batch_tokens": 128, "batch_size": 4, "rank": 4, **config}
        run = RunConfig(base=folder, out=tmp_path / "run", labels=(tmp_path / "labels.jsonl",), **settings)
        return Plan(
            config=run,
            base=base,
            layers=tuple(sorted(base.linear)),
            train=some_examples(examples),
            validation=some_examples(held, seed=4),
            data=Data(fingerprint="0" * 64, train=examples, validation=held),
            pack=None,
            parent=None,
            first=first_layers(base, run.rank),
            notes=(),
        )

    return make


@pytest.fixture
def make_run(make_base: MakeBase, starter: Path) -> MakeRun:
    """Writes a run's file into a new folder: a base with the starter's tokenizer, labels of a few words."""

    def make(folder: Path, **config: Any) -> Path:
        base = make_base("llama", 4, vocab_size=49152, hidden_size=32, max_position_embeddings=1024)
        for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
            shutil.copy(starter / name, base / name)
        folder.mkdir()
        lines = [
            {"instruction": "Give the sum.", "input": f"Shop {n}\nsum {n}.50", "output": {"sum": f"{n}.50"}}
            for n in range(12)
        ]
        (folder / "labels.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
        settings = {
            "base": str(base),
            "out": "out",
            "labels": ["labels.jsonl"],
            "batch_size": 4,
            "batch_tokens": 1024,
            "answer_tokens": 64,
            "dropout": 0.1,
            **config,
        }
        (folder / "run.yaml").write_text(json.dumps(settings), "utf-8")  # JSON is YAML
        return folder / "run.yaml"

    return make
