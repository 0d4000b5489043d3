"""`python -m thresher.train_cuda.variants RUN.yaml --method METHOD`: trains in another way than LoRA.

The run's file is the trainer's own. rsLoRA and AdaLoRA end with an adapter as any other; DoRA and prefix
tuning with PEFT's folder, which the app does not use; full fine-tuning with a base model.
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thresher.adapters.base_model import read_base
from thresher.adapters.errors import UsageError
from thresher.adapters.manifest import Manifest
from thresher.adapters.training.command import ADAPTER, Way, follow
from thresher.adapters.training.learner import Learner
from thresher.adapters.training.memory import Room
from thresher.adapters.training.plan import Plan
from thresher.adapters.training.run_config import RunConfig
from thresher.train_cuda.__main__ import LIBRARIES, room, settled
from thresher.train_cuda.leave import is_one_of_several

if TYPE_CHECKING:
    from thresher.train_cuda.variants.learner import VariantLearner

#: Each way's peak rate where the run names none, in terms of the trainer's own for the same base.
RATES = {"full": 0.1, "adalora": 3.0, "prefix": 10.0, "rslora": 1.0, "dora": 1.0}
#: float32 numbers that full fine-tuning holds for each weight: gradient, two moments, copies that are saved.
_HELD = 5


def main() -> int:
    """Runs the command of sys.argv; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m thresher.train_cuda.variants",
        description="Trains in another way than LoRA. Ctrl-C stops; the same command goes on.",
    )
    parser.add_argument("run", type=Path, help="the run's YAML file")
    parser.add_argument("--method", required=True, choices=sorted(RATES), help="the way to train")
    asked = parser.parse_args()
    method: str = asked.method

    def make_learner(plan: Plan) -> Learner:
        from thresher.train_cuda.variants.learner import VariantLearner

        if method == "full":
            _refuse_if_short(plan)
        return VariantLearner(plan, method)

    def write(folder: Path, learner: Any, _: Plan, manifest: Manifest) -> None:
        trained: VariantLearner = learner
        assert manifest.recipe is not None
        recipe = manifest.recipe.model_copy(
            update={"configuration": {"method": method, **manifest.recipe.configuration}}
        )
        trained.write(folder, manifest.model_copy(update={"recipe": recipe}))

    return follow(
        asked.run,
        Way(
            "train_cuda",
            LIBRARIES,
            lambda config: settled(with_rate(config, method)),
            _room,
            make_learner,
            write,
            "model" if method == "full" else ADAPTER,
        ),
    )


def with_rate(config: RunConfig, method: str) -> RunConfig:
    """The run with the method's own rate, where it names none. Raises UsageError for what no variant does."""
    if is_one_of_several():
        raise UsageError("variants train in one process. Start the command without torchrun.")
    if config.base_storage == "packed":
        raise UsageError("base_storage: variants train on dense weights. Leave the key out.")
    if config.learning_rate is not None:
        return config
    rate = RATES[method] * config.used_learning_rate(read_base(config.base).hidden_size)
    return config.model_copy(update={"learning_rate": rate})


def _room() -> Room:
    """The memory of the device, for weights that are never packed."""
    return replace(room(), packs=False)


def _refuse_if_short(plan: Plan) -> None:
    """The plan's estimate is LoRA's: what all weights need beside it is counted here."""
    base = plan.base
    weights = base.vocabulary * base.hidden_size + sum(o * i for o, i in base.linear.values())
    needed, free = 4 * _HELD * weights, room().free
    if needed > free:
        raise UsageError(
            f"full fine-tuning needs about {needed / 1e9:.1f} GB of memory beside the base, {free / 1e9:.1f} "
            "are free. Use a smaller base, or train an adapter."
        )


if __name__ == "__main__":
    sys.exit(main())
