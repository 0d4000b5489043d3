"""`python -m thresher.train_mlx RUN.yaml`: trains an adapter on this device.

On several machines, or in several processes: `mlx.launch -n N -- python -m thresher.train_mlx RUN.yaml`.
"""

import sys
from importlib.metadata import version

from thresher.adapters.blas import load_fast_blas
from thresher.adapters.training.command import main
from thresher.adapters.training.learner import Learner
from thresher.adapters.training.plan import Plan


def free_memory() -> int:
    """Imported when it is asked for: the fast BLAS must be loaded before MLX."""
    from thresher.train_mlx import device

    return device.free_memory()


def make_learner(plan: Plan) -> Learner:
    """The learner of the plan, its base loaded."""
    from thresher.train_mlx.learner import MlxLearner

    return MlxLearner(plan)


if __name__ == "__main__":
    load_fast_blas()
    versions = {name: version(name) for name in ("mlx", "mlx-lm")}
    sys.exit(main("train_mlx", versions, free_memory, make_learner))
