"""Fixtures for all tests: a home of their own, the starter model that `make test` has pulled, and tiny bases
built in code: real architectures, random weights, and the starter's tokenizer.
"""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from thresher.adapters.blas import load_fast_blas
from thresher.app.locations import Locations

# Before any test imports MLX.
load_fast_blas()

# A busy machine may take seconds for what takes it a millisecond else.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# Read before any test changes the environment: where `thresher models pull starter` has put the model.
_REAL_HOME = Locations.default()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Locations:
    """An empty THRESHER_HOME for this test alone: no test reads or writes the user's data."""
    folder = tmp_path / "home"
    monkeypatch.setenv("THRESHER_HOME", str(folder))
    return Locations(folder)


@pytest.fixture
def on_disk(monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """The inodes of all that is flushed to the disk from now on."""
    flushed: set[int] = set()
    flush = os.fsync

    def noted(handle: int) -> None:
        flush(handle)
        flushed.add(os.fstat(handle).st_ino)

    monkeypatch.setattr(os, "fsync", noted)
    return flushed


@pytest.fixture(scope="session")
def starter() -> Path:
    """The folder of the starter model, shared by all tests: read it, never write to it."""
    folder = _REAL_HOME.models / "starter"
    if not (folder / "config.json").is_file():
        message = "the starter model is not installed; run: thresher models pull starter"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    return folder


@pytest.fixture
def home_with_starter(home: Locations, starter: Path) -> Locations:
    """This test's home, with the starter in it by a link."""
    home.models.mkdir(parents=True)
    (home.models / "starter").symlink_to(starter, target_is_directory=True)
    return home


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the checkout."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data(repository: Path) -> Path:
    """The labelled documents beside the checkout, where a developer has them."""
    folder = repository.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the labelled documents are not on this machine")
    return folder


#: Enough layers and grouped heads that a mistake in the cache shows.
_SIZES: dict[str, Any] = {
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "intermediate_size": 64,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "head_dim": 8,
    "rms_norm_eps": 1e-5,
    "vocab_size": 49152,
    "max_position_embeddings": 2048,
    "rope_theta": 10000.0,
    "tie_word_embeddings": True,
}


def make_base(folder: Path, starter: Path, architecture: str, seed: int = 7) -> Path:
    """Writes an MLX model folder of that architecture."""
    import mlx.core as mx
    from mlx.utils import tree_flatten
    from mlx_lm.utils import _get_classes

    config = {**_SIZES, "model_type": architecture}
    model_class, args_class = _get_classes(config)
    mx.random.seed(seed)
    model = model_class(args_class.from_dict(config))
    folder.mkdir(parents=True)
    mx.save_safetensors(str(folder / "model.safetensors"), dict(tree_flatten(model.parameters())))
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        if (starter / name).exists():
            shutil.copy(starter / name, folder / name)
    return folder


@pytest.fixture(scope="session", params=["llama", "qwen3"])
def tiny_base(
    request: pytest.FixtureRequest, starter: Path, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A tiny base, once of each architecture."""
    return make_base(tmp_path_factory.mktemp("bases") / request.param, starter, request.param)


@pytest.fixture
def base_maker() -> Callable[..., Path]:
    """Writes a tiny base: `base_maker(folder, starter, architecture)`."""
    return make_base
