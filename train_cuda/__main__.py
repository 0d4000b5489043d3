"""`python -m thresher.train_cuda RUN.yaml`: trains an adapter with PyTorch, on GPUs or on a CPU.

On several GPUs or machines: `torchrun --nproc-per-node=N -m thresher.train_cuda RUN.yaml`.
"""

from thresher.adapters.training.command import Way, main
from thresher.adapters.training.learner import Learner
from thresher.adapters.training.memory import Room
from thresher.adapters.training.plan import Plan
from thresher.adapters.training.run_config import RunConfig
from thresher.train_cuda.leave import leave

#: What the trainer needs beside what the app does.
LIBRARIES = ("torch", "peft", "transformers")


def settled(config: RunConfig) -> RunConfig:
    """Imported when it is asked for: a wrong run is told before torch is loaded."""
    from thresher.train_cuda import device

    return device.settled(config)


def room() -> Room:
    """The memory of the device."""
    from thresher.train_cuda import device

    return device.room()


def make_learner(plan: Plan) -> Learner:
    """The learner of the plan, its base loaded."""
    from thresher.train_cuda.learner import TorchLearner

    return TorchLearner(plan)


if __name__ == "__main__":
    leave(main(Way("train_cuda", LIBRARIES, settled, room, make_learner)))
