"""`python -m thresher.train_cuda RUN.yaml`: trains an adapter with PyTorch, on GPUs or on a CPU.

On several GPUs or machines: `torchrun --nproc-per-node=N -m thresher.train_cuda RUN.yaml`.
"""

import sys
from importlib.metadata import version

from thresher.adapters.training.command import main
from thresher.adapters.training.learner import Learner
from thresher.adapters.training.plan import Plan


def free_memory() -> int:
    """Imported when it is asked for: a wrong run is told before torch is loaded."""
    from thresher.train_cuda import device

    return device.free_memory()


def make_learner(plan: Plan) -> Learner:
    """The learner of the plan, its base loaded."""
    from thresher.train_cuda.learner import TorchLearner

    return TorchLearner(plan)


if __name__ == "__main__":
    versions = {name: version(name) for name in ("torch", "peft", "transformers")}
    sys.exit(main("train_cuda", versions, free_memory, make_learner))
