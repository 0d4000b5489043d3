"""A pack to write and to spoil: the domain 'post', with letters and questions."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.errors import PackError
from thresher.adapters.pack import load_pack

Write = Callable[[Any], Path]


def content() -> dict[str, Any]:
    return {
        "format": 1,
        "domain": "post",
        "title": "Post",
        "description": "Letters and parcels.",
        "record_types": [
            {
                "name": "letter",
                "title": "Letter",
                "instructions": "Extract who wrote this letter, and when.",
                "fields": [
                    {"name": "sender", "type": "string", "description": "Who wrote it"},
                    {"name": "date", "type": "date", "description": "When"},
                    {"name": "kind", "type": "enum", "description": "What for", "values": ["order", "no"]},
                    {"name": "stamps", "type": "list[string]", "description": "Stamps on it"},
                    {"name": "pages", "type": "integer", "description": "Sheets"},
                ],
            },
            {"name": "question", "title": "Question", "instructions": "Answer.", "open_fields": True},
        ],
    }


def write_gold(folder: Path, *lines: object, record_type: str = "letter") -> None:
    examples = folder / "examples" / record_type
    examples.mkdir(parents=True, exist_ok=True)
    (examples / "a.txt").write_text("Dear Ann, …", "utf-8")
    texts = [line if isinstance(line, str) else json.dumps(line, ensure_ascii=False) for line in lines]
    (examples / "gold.jsonl").write_text("\n".join(texts) + "\n", "utf-8")


def gold(**changes: Any) -> dict[str, Any]:
    output: dict[str, Any] = {
        "sender": "Ann",
        "date": "2025-01-31",
        "kind": "no",
        "stamps": [],
        "pages": None,
    }
    return {"id": "a", "file": "a.txt", "output": output | changes}


def refusal(folder: Path) -> str:
    with pytest.raises(PackError) as caught:
        load_pack(folder)
    message = str(caught.value)
    assert message.startswith(str(folder))
    return message
