"""A base's tokenizer built in code: byte-level BPE with a chat template, trained in milliseconds."""

import json
from pathlib import Path

import pytest

from thresher.adapters.tokens import PromptTokenizer
from thresher.adapters.window_prompts import WindowPrompts, WindowSizes

_TEXT = (
    "You extract records from documents. Answer with one JSON object that has exactly the listed fields. "
    '{"company": "Corner Café", "total": null, "items": [], "paid": true, "kind": "cash"} '
    "the fee is 12.50 on 2019-03-04 of the agreement between the parties. Fields: Document: "
    "Use null for what it does not say. "
)
_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
_CONTROL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> PromptTokenizer:
    """The tokenizer of a small base; it ends an answer with <|im_end|>."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=600, special_tokens=_CONTROL, initial_alphabet=alphabet, show_progress=False
    )
    made.train_from_iterator([_TEXT] * 4, trainer)
    folder: Path = tmp_path_factory.mktemp("tokenizer")
    made.save(str(folder / "tokenizer.json"))
    about = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": "<|im_end|>",
        "chat_template": _TEMPLATE,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(about), "utf-8")
    return PromptTokenizer(folder)


@pytest.fixture(scope="session")
def prompts(tokenizer: PromptTokenizer) -> WindowPrompts:
    """Windows of 128 tokens in a context that holds many fields."""
    return WindowPrompts(
        tokenizer, WindowSizes(context=4096, window_tokens=128, overlap=16, answer_tokens=512)
    )
