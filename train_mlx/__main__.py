"""`python -m thresher.train_mlx RUN.yaml`: trains an adapter on this device.

On several machines, or in several processes: `mlx.launch -n N -- python -m thresher.train_mlx RUN.yaml`.
"""

import sys

from thresher.adapters.blas import load_fast_blas
from thresher.adapters.training.command import Way, main
from thresher.adapters.training.learner import Learner
from thresher.adapters.training.memory import Room
from thresher.adapters.training.plan import Plan
from thresher.adapters.training.run_config import RunConfig


def settled(config: RunConfig) -> RunConfig:
    """Imported when it is asked for: the fast BLAS must be loaded before MLX."""
    from thresher.train_mlx import device

    return device.settled(config)


def room() -> Room:
    """The memory of the device."""
    from thresher.train_mlx import device

    return device.room()


def make_learner(plan: Plan) -> Learner:
    """The learner of the plan, its base loaded."""
    from thresher.train_mlx.learner import MlxLearner

    return MlxLearner(plan)


if __name__ == "__main__":
    slow = load_fast_blas().warning
    notes = (slow,) if slow else ()
    sys.exit(main(Way("train_mlx", ("mlx", "mlx-lm"), settled, room, make_learner, notes=notes)))
