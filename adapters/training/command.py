"""A trainer's command: `python -m thresher.train_… RUN.yaml`. The same for both trainers.

Narrates on stderr; the metrics and the adapter are in the run's folder. `exit_codes` says how it ends.
"""

import argparse
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from thresher.adapters.adapter import Adapter
from thresher.adapters.adapter_folder import write_adapter
from thresher.adapters.environment import install_command
from thresher.adapters.errors import ThresherError, UsageError
from thresher.adapters.manifest import MANIFEST_FILE, Manifest, Recipe, read_manifest
from thresher.adapters.training.documents import save_documents
from thresher.adapters.training.exit_codes import STOPPED, code_of
from thresher.adapters.training.learner import Learner, layers_of
from thresher.adapters.training.loop import Loop, Stopped, Trained
from thresher.adapters.training.memory import Room, affordable
from thresher.adapters.training.narration import Narrator, say, say_note, say_what_is_wrong
from thresher.adapters.training.plan import Plan, make_plan
from thresher.adapters.training.reading import save_reading
from thresher.adapters.training.run_config import RunConfig, read_run, save_run
from thresher.adapters.training.run_lock import sole
from thresher.adapters.training.state import STATE_FILE, refuse_another
from thresher.adapters.training.stopping import Stopping

Trainer = Literal["train_mlx", "train_cuda"]
#: What brings the libraries of a trainer.
_LIBRARIES = {"train_mlx": "thresher", "train_cuda": "thresher[cuda]"}
#: Keys of a run that stay as they came to be when it goes on: however much memory there is now, and those
#: that are not asked for otherwise now.
_PASSES = ("batch_tokens", "accumulation", "gradient_checkpointing")
_SETTLED = ("precision", "base_storage", "shard_base")
#: The adapter's folder within the run's.
ADAPTER = "adapter"
#: The run as it came to be, in its folder.
RUN_FILE = "run.yaml"
#: What a trainer holds while it works in the run's folder.
LOCK_FILE = ".trainer.lock"
#: Says that stdin is a pipe from whoever started the trainer, and ends with it.
WITH_PARENT = "--with-parent"
#: Says that nothing is to be trained: what the labels come to is written to the run's folder.
JUST_READ = "--just-read"


def write_layers(folder: Path, learner: Learner, plan: Plan, manifest: Manifest) -> None:
    """Writes the learner's adapter, whose alpha is the run's, as a new folder. Raises AdapterError."""
    write_adapter(folder, Adapter(layers_of(learner.state()), plan.config.used_alpha, manifest))


@dataclass(frozen=True)
class Way:
    """How a run is trained, and what is made of it.

    `libraries` are the distributions that it needs. `settled` gives the run with what "auto" comes to on this
    device, and raises UsageError for what the device cannot do. `room` tells the memory. `write` makes the
    folder `result` within the run's. `notes` tells the user what was found of this machine.
    """

    trainer: Trainer
    libraries: Sequence[str]
    settled: Callable[[RunConfig], RunConfig]
    room: Callable[[], Room]
    make_learner: Callable[[Plan], Learner]
    write: Callable[[Path, Learner, Plan, Manifest], None] = write_layers
    result: str = ADAPTER
    notes: tuple[str, ...] = ()


def main(way: Way) -> int:
    """Runs the command of sys.argv; returns the exit code."""
    parser = argparse.ArgumentParser(
        prog=f"python -m thresher.{way.trainer}",
        description="Trains an adapter. Ctrl-C stops; the same command goes on.",
    )
    parser.add_argument("run", type=Path, help="the run's YAML file")
    parser.add_argument(
        WITH_PARENT, action="store_true", help="stop, as at Ctrl-C, when stdin ends: who started it is gone"
    )
    parser.add_argument(
        JUST_READ, action="store_true", help="write what the labels come to into the run's folder, and end"
    )
    asked = parser.parse_args()
    stopping = Stopping()
    if asked.with_parent:
        stopping.with_parent()
    return follow(asked.run, way, stopping, just_read=asked.just_read)


def follow(run: Path, way: Way, stopping: Stopping | None = None, *, just_read: bool = False) -> int:
    """Trains what the run's file asks for, in the given way, or reads it; returns the exit code."""
    try:
        if just_read:
            _read(run, way)
            return 0
        with ExitStack() as held:
            folder = _train(run, way, stopping or Stopping(), held)
    except Stopped:
        say("Stopped. The state is saved: the same command goes on from here.")
        return STOPPED
    except ThresherError as error:
        say_what_is_wrong(error)
        return code_of(error)
    if folder is not None:
        say(f"The {folder.name} is in {folder}.")
    return 0


def _read(run: Path, way: Way) -> None:
    _versions(way)
    save_reading(make_plan(read_run(run)))


def _train(run: Path, way: Way, stopping: Stopping, held: ExitStack) -> Path | None:
    """The folder of what was trained; None in a process that does not write. `held` has the run's folder."""
    versions = _versions(way)
    config = read_run(run)
    result = config.out / way.result
    goes_on = (result.exists() or (config.out / STATE_FILE).exists()) and (config.out / RUN_FILE).exists()
    kept: list[str] = []
    if goes_on:
        config, kept = _as_before(config, read_run(config.out / RUN_FILE))
    plan = make_plan(config)
    plan = replace(plan, config=way.settled(config))
    if result.exists():
        # Whoever asked may have been killed before it took the adapter.
        if _made_by(plan, result):
            return result
        raise UsageError(
            f"{result}: is there already, of another run: labels, base or configuration differ from now. "
            "Remove it, or choose another folder: `out` of the run's file, --name of `thresher train`."
        )
    plan, notes = affordable(plan, way.room(), goes_on=goes_on)
    learner = way.make_learner(plan)
    stopping.after_the_step()
    if learner.rank == 0:
        held.enter_context(
            sole(
                config.out / LOCK_FILE,
                f"{config.out}: another process trains in this folder. Wait until it has ended, or choose "
                "another folder (with `thresher train`: another --name).",
            )
        )
        # Nothing of a run that was stopped is lost to a wrong try: its own run.yaml says how it goes on.
        refuse_another(config.out, plan.hash)
        for note in (*kept, *plan.notes, *notes, *way.notes):
            say_note(note)
        # What the run came to be: the app reads it, and a reader of the adapter can run it again.
        save_run(config.out / RUN_FILE, plan.config)
        save_documents(config.out, plan.documents)
    trained = Loop(plan, learner, config.out, Narrator(plan.steps)).run(stopping.asked)
    if learner.rank != 0:
        return None
    way.write(result, learner, plan, _manifest(plan, trained, way.trainer, versions))
    (config.out / STATE_FILE).unlink(missing_ok=True)
    return result


def _versions(way: Way) -> dict[str, str]:
    """The versions of the libraries. Raises UsageError where one is not installed."""
    found = {}
    for name in way.libraries:
        try:
            found[name] = version(name)
        except PackageNotFoundError as error:
            command = install_command(_LIBRARIES[way.trainer])
            raise UsageError(f"{name} is not installed. Run: {command}") from error
    return found


def _as_before(config: RunConfig, before: RunConfig) -> tuple[RunConfig, list[str]]:
    """The run that goes on as it came to be when it began, and what to tell of what was asked otherwise.

    Smaller passes hold other examples, in another order, and an epoch has more steps: another run.
    """
    default = {key: RunConfig.model_fields[key].default for key in (*_PASSES, *_SETTLED)}
    free = [key for key in _SETTLED if getattr(config, key) == default[key]]
    notes = [
        f"{key} stays {getattr(before, key)}, with which the run began: with {getattr(config, key)} it is "
        "another run. For that begin anew in another folder: `out` of the run's file, --name of `thresher "
        "train`."
        for key in _PASSES
        if getattr(config, key) not in (default[key], getattr(before, key))
    ]
    return config.model_copy(update={key: getattr(before, key) for key in (*_PASSES, *free)}), notes


def _made_by(plan: Plan, folder: Path) -> bool:
    """Whether what is in the folder is an adapter that such a run ended with."""
    if not (folder / MANIFEST_FILE).exists():
        return False
    made = read_manifest(folder)
    was = made.recipe.configuration if made.recipe else None
    now = (plan.base.identity, plan.parent, plan.data, _configuration(plan))
    return (made.base, made.parent, made.data, was) == now


def _configuration(plan: Plan) -> dict[str, Any]:
    """The run's. Paths say where this user keeps things, and nothing of the recipe."""
    return plan.config.model_dump(mode="json", exclude=plan.config.paths())


def _manifest(plan: Plan, trained: Trained, trainer: Trainer, versions: dict[str, str]) -> Manifest:
    return Manifest(
        name=plan.config.out.name,
        made=datetime.now(UTC).replace(microsecond=0),
        origin="trained",
        base=plan.base.identity,
        pack=plan.pack,
        weights="",
        parent=plan.parent,
        recipe=Recipe(
            trainer=trainer,
            versions=versions,
            configuration=_configuration(plan),
            learning_rate=plan.rate,
            steps=trained.steps,
            seconds=round(trained.seconds, 1),
        ),
        data=plan.data,
        shows_examples=plan.config.augment.shots > 0,
        cues=plan.cues,
        letters=dict(plan.letters),
    )
