"""The two trainers are twins: the same numbers from the same run, and folders that mirror each other."""

import ast
import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from thresher.adapters.adapter import LoraLayer
from thresher.adapters.base_model import BaseModel, read_base
from thresher.adapters.manifest import Data
from thresher.adapters.training.batches import collate
from thresher.adapters.training.examples import Example
from thresher.adapters.training.plan import Plan
from thresher.adapters.training.run_config import RunConfig
from thresher.adapters.training.schedule import rate_at

#: Files and packages that one of the two has alone, and why.
ALONE: dict[str, dict[str, str]] = {
    "train_cuda": {
        "affine.py": "MLX has its own quantisation",
        "variants": "ways beside LoRA, to compare it with: PEFT has them, MLX has not",
        "rough_linear.py": "a CPU's MLX multiplies in float32 alone",
        "sharding.py": "MLX gathers no weights of a frozen base",
        "attention.py": "MLX's own attention takes rows behind a head without a mask",
        "leave.py": "Gloo's threads can abort a process that ends, and MLX does not use Gloo",
    },
    "train_mlx": {},
}
#: The most that losses and first gradients may differ, relative to their size.
LOSS, GRADIENT = 1e-3, 2e-5


def twins(plan: Plan) -> tuple[Any, Any]:
    """Both learners, in float32."""
    import torch

    from thresher.train_cuda.device import Device
    from thresher.train_cuda.learner import TorchLearner
    from thresher.train_mlx.learner import MlxLearner

    with warnings.catch_warnings():
        # PEFT asks transformers by an old name.
        warnings.filterwarnings("ignore", ".*is_gradient_checkpointing.*", FutureWarning)
        return MlxLearner(plan), TorchLearner(plan, Device(torch.device("cpu"), torch.float32))


def first_gradients(plan: Plan) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of the first step, by matrix: a first moment from nothing is the gradient times 1 - beta."""
    gradients = []
    for learner in twins(plan):
        targets = 0
        for at, numbers in enumerate(plan.step(0)):
            batch = collate(plan.train, numbers)
            learner.accumulate(batch, at)
            targets += batch.target_count
        learner.update(targets, 0.0)
        share = 1 - plan.config.betas[0]
        gradients.append({n: m / share for n, m in learner.state().items() if n.endswith(".m")})
    return gradients[0], gradients[1]


def losses(plan: Plan) -> list[list[float]]:
    """Of every step, by each learner."""
    found = []
    for learner in twins(plan):
        mine = []
        for step in range(plan.steps):
            batches = [collate(plan.train, numbers) for numbers in plan.step(step)]
            targets = sum(batch.target_count for batch in batches)
            loss = sum(learner.accumulate(batch, 0) for batch in batches)
            learner.update(targets, rate_at(step, plan.steps, plan.rate, 0.05))
            mine.append(loss / targets)
        found.append(mine)
    return found


def plan_of(folder: Path, tokens: int, count: int, **config: Any) -> Plan:
    """A run on examples of random tokens; both first matrices are away from zero."""
    base = read_base(folder)
    run = RunConfig(base=folder, out=folder / "out", labels=(folder / "labels.jsonl",), **config)
    draw = np.random.default_rng(3)
    examples = []
    for number in range(count):
        length, targets = int(draw.integers(tokens // 2, tokens)), int(draw.integers(3, 9))
        mask = np.arange(length) >= length - targets
        some = draw.integers(0, base.vocabulary, length, dtype=np.int32)
        examples.append(Example(f"doc-{number}", 0, some, mask, shared=0))
    return Plan(
        config=run,
        base=base,
        layers=tuple(sorted(base.linear)),
        train=tuple(examples),
        validation=(),
        data=Data(fingerprint="0" * 64, train=count, validation=0),
        pack=None,
        parent=None,
        first=first_layers(base, run.rank),
        notes=(),
    )


def first_layers(base: BaseModel, rank: int) -> dict[str, LoraLayer]:
    draw = np.random.default_rng(11)

    def numbers(*shape: int) -> Any:
        return (0.5 * draw.normal(size=shape) / np.sqrt(shape[1] * rank)).astype(np.float32)

    return {name: LoraLayer(numbers(rank, i), numbers(o, rank)) for name, (o, i) in base.linear.items()}


@pytest.fixture(params=["llama", "qwen3"])
def tiny(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A base of 4 bits with random weights."""
    import mlx.core as mx
    from mlx import nn
    from mlx.utils import tree_flatten
    from mlx_lm.utils import _get_classes

    config = {
        "model_type": request.param,
        "hidden_size": 64,
        "num_hidden_layers": 2,
        "intermediate_size": 128,
        "num_attention_heads": 4,
        "num_key_value_heads": 2,
        "head_dim": 32,
        "rms_norm_eps": 1e-5,
        "vocab_size": 96,
        "max_position_embeddings": 2048,
        "rope_theta": 10000.0,
        "tie_word_embeddings": True,
    }
    model_class, args_class = _get_classes(config)
    mx.random.seed(5)
    model = model_class(args_class.from_dict(config))
    model.set_dtype(mx.float16)
    nn.quantize(model, 32, 4)
    folder = tmp_path / "base"
    folder.mkdir()
    weights = dict(tree_flatten(model.parameters()))
    mx.save_safetensors(str(folder / "model.safetensors"), weights, {"format": "mlx"})
    config["quantization"] = {"bits": 4, "group_size": 32}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    (folder / "tokenizer.json").write_text("{}", "utf-8")
    (folder / "chat_template.jinja").write_text("{{ messages }}", "utf-8")
    return folder


def difference(gradients: tuple[dict[str, Any], dict[str, Any]]) -> float:
    """Of all gradients together, relative to their norm."""
    mine, theirs = gradients
    assert set(mine) == set(theirs)
    assert all(np.linalg.norm(array) > 0 for array in mine.values())
    apart = sum(float(np.square(mine[name] - theirs[name]).sum()) for name in mine)
    return float(np.sqrt(apart / sum(float(np.square(array).sum()) for array in theirs.values())))


def test_a_tiny_base_learns_the_same_in_both(tiny: Path) -> None:
    settings = {"steps": 20, "batch_size": 4, "accumulation": 2, "learning_rate": 0.01, "rank": 4}
    plan = plan_of(tiny, 30, 12, batch_tokens=128, **settings)
    assert difference(first_gradients(plan)) < GRADIENT
    mine, theirs = losses(plan)
    assert len(mine) == 20
    assert mine[-1] < 0.8 * mine[0]
    np.testing.assert_allclose(mine, theirs, rtol=LOSS)


def test_the_starter_learns_the_same_in_both(starter: Path) -> None:
    plan = plan_of(starter, 24, 2, batch_tokens=64, steps=20, batch_size=2, learning_rate=1e-3)
    # Against float64 torch's gradients are 4e-6 off here, and MLX's 6e-6.
    assert difference(first_gradients(plan)) < GRADIENT
    mine, theirs = losses(plan)
    assert len(mine) == 20
    assert mine[-1] < 0.01 * mine[0]
    # By then the two examples are known by heart, and a loss near nothing has few digits.
    np.testing.assert_allclose(mine, theirs, rtol=LOSS, atol=1e-4)


def test_the_folders_mirror_each_other(repository: Path) -> None:
    files = {}
    for name in ALONE:
        packages = {path.parent.name for path in (repository / name).glob("*/__init__.py")}
        files[name] = {path.name for path in (repository / name).glob("*.py")} | packages
        assert set(ALONE[name]) <= files[name]
        files[name] -= set(ALONE[name])
    assert files["train_mlx"] == files["train_cuda"]


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("loss.py", {"TargetLoss"}),
        ("checkpointing.py", {"checkpointed"}),
        ("device.py", {"settled", "room"}),
        ("lora.py", {"LoraLinear", "insert"}),
        ("__main__.py", {"settled", "room", "make_learner"}),
    ],
)
def test_what_a_file_offers_has_the_same_name_in_both(repository: Path, file: str, names: set[str]) -> None:
    for trainer in ("train_mlx", "train_cuda"):
        assert names <= set(offered(repository / trainer / file)), trainer


def test_the_learners_have_the_contracts_methods_and_no_more(repository: Path) -> None:
    contract = offered(repository / "adapters" / "training" / "learner.py")["Learner"]
    for name, learner in (("train_mlx", "MlxLearner"), ("train_cuda", "TorchLearner")):
        assert offered(repository / name / "learner.py")[learner] == contract


def offered(path: Path) -> dict[str, Any]:
    """The public functions and classes of a file: a class with its methods, each with its parameters."""

    def signature(node: ast.FunctionDef) -> list[str]:
        return [argument.arg for argument in node.args.args]

    found: dict[str, Any] = {}
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            found[node.name] = signature(node)
        elif isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            methods = [n for n in node.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]
            found[node.name] = {method.name: signature(method) for method in methods}
    return found
