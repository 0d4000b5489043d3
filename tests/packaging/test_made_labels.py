"""Made-up labels: the same for a seed, others for another, and written by a command."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize(("kind", "count"), [("listings", 400), ("agreements", 300)])
def test_a_seed_makes_the_same_and_no_two_are_alike(scripts: dict[str, Any], kind: str, count: int) -> None:
    make = getattr(scripts[f"make_{kind}"], f"make_{kind}")
    made = list(make(count, seed=3))
    assert json.dumps(list(make(count, seed=3))) == json.dumps(made)
    # More of them leave the first as they were.
    assert list(make(20, seed=3)) == made[:20]
    texts = {one["input"] for one in (*made, *make(count, seed=4))}
    assert len(texts) == 2 * count


@pytest.mark.parametrize("kind", ["listings", "agreements"])
def test_the_script_writes_so_many(scripts: dict[str, Any], kind: str, tmp_path: Path) -> None:
    make, out = scripts[f"make_{kind}"], tmp_path / "labels.jsonl"
    subprocess.run([sys.executable, make.__file__, out, "--count", "3", "--seed", "5"], check=True)
    labels = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert labels == list(getattr(make, f"make_{kind}")(3, seed=5))
