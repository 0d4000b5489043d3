"""Which labelled documents an adapter has learnt from, by the fingerprint in its manifest."""

import json
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.fields import Field
from thresher.adapters.manifest import Manifest
from thresher.adapters.training.labels import labels_fingerprint, read_labels
from thresher.adapters.training.split import document_key, split
from thresher.app.calibration.trained import trained_on
from thresher.app.task import Task

TASK = Task("expenses", "receipt", "Read.", (Field(name="company", type="string"),))


@pytest.mark.parametrize(
    ("grouped", "known"),
    [
        ({"group": "shop"}, True),
        ({"group": None, "sets": [{"group": "shop"}]}, True),
        ({"group": None, "sets": [{"group": "shop"}, {"group": None}]}, False),
        ({"group": None, "sets": [{"group": ["shop"]}]}, False),
    ],
)
def test_the_groups_of_its_training_are_those_of_its_sets(
    tmp_path: Path, grouped: dict[str, Any], known: bool
) -> None:
    file = tmp_path / "labels.jsonl"
    lines = [
        {"id": str(at), "input": f"Cafe {at}", "output": {"company": "Cafe"}, "shop": at // 4}
        for at in range(60)
    ]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    train = split(read_labels([file], TASK.fields, "Read.", group="shop"), 0.1, 5, None, 0.1).train
    assert 0 < len(train) < 60
    hashes = dict.fromkeys(("fingerprint", "tokenizer", "template"), "0" * 64)
    manifest = Manifest.model_validate(
        {
            "name": "a",
            "made": "2026-01-02T00:00:00Z",
            "origin": "trained",
            "base": {"name": "tiny", "architecture": "llama", **hashes},
            "pack": None,
            "weights": "a",
            "recipe": {
                "trainer": "train_mlx",
                "versions": {},
                "configuration": {"validation_share": 0.1, "split_seed": 5, "proof_share": 0.1, **grouped},
                "learning_rate": 1e-3,
                "steps": 1,
                "seconds": 1.0,
            },
            "data": {"fingerprint": labels_fingerprint(train), "train": len(train), "validation": 1},
        }
    )
    learnt = frozenset(document_key(label.text) for label in train)
    assert trained_on(manifest, [file], TASK) == (learnt if known else frozenset())
