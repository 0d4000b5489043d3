"""From a prompt to tokens, with the document as data.

A document may hold the text of a control token ("<|im_end|>"). Its tokens are therefore taken apart from
the template's, with control tokens switched off, and joined: the same way in training and in use.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from thresher.adapters.errors import ModelError

#: Stands for the document while the chat template is rendered. Private-use characters, so that no
#: template and no field can hold it.
_SLOT = "\ue000\ue001\ue000"


@dataclass(frozen=True)
class PromptTokens:
    """A prompt's token ids around the document: `head` is shared by all documents of a run."""

    head: tuple[int, ...]
    tail: tuple[int, ...]


class PromptTokenizer:
    """The tokenizer and chat template of a base model, read from its folder."""

    def __init__(self, folder: Path) -> None:
        # Imported here: transformers costs a second, and start-up must not pay it.
        from tokenizers import Tokenizer
        from transformers import AutoTokenizer

        try:
            self._chat: Any = AutoTokenizer.from_pretrained(
                str(folder), local_files_only=True, trust_remote_code=False
            )
            self._data: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:
            raise ModelError(
                f"{folder.name}: the tokenizer cannot be read ({error}). Run `thresher models verify`."
            ) from error
        if not self._chat.chat_template:
            raise ModelError(f"{folder.name}: the model has no chat template. Use an instruction-tuned base.")
        self._data.no_truncation()
        self._data.no_padding()
        # Control tokens in a document are split like any other text.
        self._data.encode_special_tokens = True

    @cached_property
    def backend_json(self) -> str:
        """The tokenizer in the `tokenizer.json` form, with every added token."""
        return str(self._chat.backend_tokenizer.to_str())

    @property
    def end_ids(self) -> tuple[int, ...]:
        """The ids that end an answer."""
        return (int(self._chat.eos_token_id),)

    def prompt(self, system: str, user: str) -> PromptTokens:
        """Token ids of the rendered chat around the document, which follows `user` directly."""
        messages = [{"role": "system", "content": system}, {"role": "user", "content": user + _SLOT}]
        options = {"tokenize": False, "add_generation_prompt": True, "enable_thinking": False}
        text = self._chat.apply_chat_template(messages, **options)
        head, found, tail = text.partition(_SLOT)
        if not found or _SLOT in tail:
            raise ModelError(
                "the model's chat template does not keep the user's message as it is: use another base"
            )
        return PromptTokens(self._control(head), self._control(tail))

    def document(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """Token ids of a document's text, and for each the characters [start, end) that it covers."""
        encoding = self._data.encode(text, add_special_tokens=False)
        return list(encoding.ids), list(encoding.offsets)

    def _control(self, text: str) -> tuple[int, ...]:
        return tuple(self._chat(text, add_special_tokens=False)["input_ids"])


def template_hash(folder: Path) -> str:
    """The sha256 of tokenizer and chat template: what an adapter's tokens depend on, in hex."""
    from hashlib import sha256

    digest = sha256()
    digest.update((folder / "tokenizer.json").read_bytes())
    jinja = folder / "chat_template.jinja"
    if jinja.exists():
        digest.update(jinja.read_bytes())
    else:
        config = json.loads((folder / "tokenizer_config.json").read_text("utf-8"))
        digest.update(json.dumps(config.get("chat_template"), sort_keys=True).encode())
    return digest.hexdigest()
