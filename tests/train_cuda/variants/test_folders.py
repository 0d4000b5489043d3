"""What each way writes computes what was trained, and is read by those that it is for."""

import json
import os
import shutil
import subprocess
import sys
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from thresher.adapters.adapter import Adapter
from thresher.adapters.adapter_folder import read_adapter
from thresher.adapters.base_model import read_base
from thresher.adapters.training.batches import collate
from thresher.adapters.training.command import _manifest
from thresher.app.models.folder import check_folder
from thresher.train_cuda.base import load_base
from thresher.train_cuda.device import Device
from thresher.train_cuda.lora import insert
from thresher.train_cuda.variants.learner import VariantLearner

CPU = Device(torch.device("cpu"), torch.float32)
TOKENS = torch.tensor([[3, 14, 15, 9, 2, 6, 5, 35, 8, 9], [40, 7, 7, 90, 12, 1, 2, 3, 4, 5]])


def manifest(plan: Any) -> Any:
    from thresher.adapters.training.loop import Trained

    return _manifest(plan, Trained(8, 1.0), "train_cuda", {})


def trained(plan: Any, method: str, rate: float) -> VariantLearner:
    learner = VariantLearner(plan, method, CPU)
    for step in range(plan.steps):
        batch = collate(plan.train, plan.step(step)[0])
        learner.accumulate(batch, step)
        learner.update(batch.target_count, rate)
    learner.variant.model.eval()
    return learner


@torch.no_grad()
def logits(model: Any, **more: Any) -> torch.Tensor:
    found: torch.Tensor = model(TOKENS, **more).logits
    return found


@torch.no_grad()
def plain(folder: Path, adapter: Adapter) -> torch.Tensor:
    """Those of the base with an adapter of ours in it."""
    model = load_base(folder, CPU)
    insert(model, adapter.layers, adapter.rank, adapter.alpha, 0.0)
    return logits(model)


@pytest.mark.parametrize("method", ["rslora", "adalora"])
def test_what_can_be_folded_is_an_adapter_like_any_other(
    method: str, make_plan: Any, tiny: Path, tmp_path: Path
) -> None:
    """PEFT's own model, ours in torch, and the engine give the same."""
    from thresher.app.engine.cache import RowLengths
    from thresher.app.engine.weights import load_weights

    plan = make_plan(steps=8, rank=4)
    learner = trained(plan, method, 0.02)
    expected = logits(learner.variant.model)
    assert float((expected - logits(load_base(tiny, CPU))).abs().max()) > 0.05
    learner.write(tmp_path / "adapter", manifest(plan))
    adapter = read_adapter(tmp_path / "adapter", read_base(tiny))
    torch.testing.assert_close(plain(tiny, adapter), expected, rtol=1e-3, atol=1e-3)
    model = load_weights(tiny, adapter_bytes=1 << 30)
    model.residents.register("trained", adapter.layers, adapter.scale, [])
    rows = [model.residents.use("trained")] * len(TOKENS)
    got = np.array(model.feed(TOKENS.tolist(), model.cache(RowLengths([0] * len(rows))), rows))
    np.testing.assert_allclose(got, expected[:, -1].numpy(), rtol=1e-3, atol=1e-3)


def test_adalora_moves_ranks_to_the_run_s_on_average(make_plan: Any) -> None:
    plan = make_plan(steps=16, rank=4)
    learner = trained(plan, "adalora", 0.02)
    left = [int((e != 0).sum()) for n, e in learner.variant.trained.items() if "lora_E" in n]
    assert sum(left) == 4 * len(left)
    assert len(set(left)) > 1


def test_adalora_s_penalty_is_pefts_and_pulls_towards_orthogonal(make_plan: Any) -> None:
    from thresher.train_cuda.variants.adalora import AdaLora

    plan = make_plan(steps=8, rank=4)
    learner = VariantLearner(plan, "adalora", CPU)
    variant = learner.variant
    assert isinstance(variant, AdaLora)
    penalty = variant.penalty()
    batch = collate(plan.train, range(4))
    labels = torch.from_numpy(batch.tokens).long()
    model: Any = variant._tuner
    # PEFT adds its own to a loss that transformers computes.
    with_it = float(model(input_ids=labels, labels=labels).loss.detach())
    without = float(variant.model(input_ids=labels, labels=labels).loss.detach())
    assert float(penalty.detach()) == pytest.approx(with_it - without, rel=1e-4)
    for step in range(8):
        learner.update(1, 0.01 if step else 0.0)
    assert float(variant.penalty().detach()) < float(penalty.detach())


def test_dora_and_prefix_are_read_by_peft(make_plan: Any, tiny: Path, tmp_path: Path) -> None:
    from peft import PeftModel

    for method in ("dora", "prefix"):
        plan = make_plan(steps=8, rank=4)
        learner = trained(plan, method, 0.02)
        more = {}
        if method == "prefix":
            from thresher.train_cuda.loss import cache_name, widen

            cache = learner.variant.begin()  # type: ignore[attr-defined]
            widen(cache, len(TOKENS))
            more = {cache_name(learner.variant.model): cache, "use_cache": True}
        expected = logits(learner.variant.model, **more)
        assert float((expected - logits(load_base(tiny, CPU))).abs().max()) > 0.05
        folder = tmp_path / method
        learner.write(folder, manifest(plan))
        assert sorted(path.name for path in folder.iterdir()) == [
            "adapter_config.json",
            "adapter_model.safetensors",
        ]
        again = PeftModel.from_pretrained(load_base(tiny, CPU), folder)
        again.eval()
        with warnings.catch_warnings():
            # PEFT calls the cache by its old name.
            warnings.filterwarnings("ignore", ".*past_key_values.*", FutureWarning)
            torch.testing.assert_close(logits(again), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("architecture", ["llama", "qwen3"])
def test_a_fully_trained_base_is_loaded_by_mlx_lm(
    architecture: str, make_base: Any, make_plan: Any, tmp_path: Path, on_disk: set[int]
) -> None:
    import mlx.core as mx
    from mlx_lm.utils import load_model

    base = make_base(architecture, 4, mixed=True)
    plan = make_plan(base, steps=4)
    learner = trained(plan, "full", 1e-3)
    expected = logits(learner.variant.model)
    folder = tmp_path / "model"
    learner.write(folder, manifest(plan))
    assert {path.stat().st_ino for path in (tmp_path, folder, *folder.iterdir())} <= on_disk
    assert (folder / "tokenizer.json").read_bytes() == (base / "tokenizer.json").read_bytes()
    assert not {path.suffix for path in folder.iterdir()} & {".bin", ".pt", ".pkl"}
    model, config = load_model(folder)
    assert "quantization" not in config
    got = np.array(model(mx.array(TOKENS.numpy())))
    np.testing.assert_allclose(got, expected.numpy(), rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(logits(load_base(folder, CPU)), expected)


def test_the_command_writes_what_the_method_gives(make_base: Any, starter: Path, tmp_path: Path) -> None:
    base = make_base("llama", 4, vocab_size=49152, hidden_size=32, max_position_embeddings=1024)
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        shutil.copy(starter / name, base / name)
    lines = [
        {"instruction": "Give the sum.", "input": f"Shop {n}\nsum {n}.50", "output": {"sum": f"{n}.50"}}
        for n in range(6)
    ]
    (tmp_path / "labels.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    run = {"base": str(base), "out": "out", "labels": ["labels.jsonl"], "steps": 3, "answer_tokens": 64}
    (tmp_path / "run.yaml").write_text(json.dumps(run), "utf-8")

    def command(method: str, **more: str) -> subprocess.CompletedProcess[str]:
        arguments = [sys.executable, "-m", "thresher.train_cuda.variants", "run.yaml", "--method", method]
        environment = {**os.environ, "OMP_NUM_THREADS": "1", **more}
        return subprocess.run(
            arguments, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
        )

    many = command("full", WORLD_SIZE="2")
    assert many.returncode == 2
    assert "one process" in many.stderr
    done = command("rslora")
    assert done.returncode == 0, done.stderr
    adapter = read_adapter(tmp_path / "out" / "adapter", read_base(base))
    assert adapter.manifest.recipe is not None
    assert adapter.manifest.recipe.configuration["method"] == "rslora"
    assert adapter.alpha == pytest.approx(16 * np.sqrt(8))
    assert command("dora").returncode == 2  # another adapter is there already
    done = command("full")
    assert done.returncode == 0, done.stderr
    assert f"The model is in {tmp_path / 'out' / 'model'}." in done.stderr
    assert read_base(tmp_path / "out" / "model").linear == read_base(base).linear
    check_folder(tmp_path / "out" / "model", "model")  # what `thresher models add` refuses it would raise
