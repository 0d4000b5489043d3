"""From a prompt to tokens, with the document as data.

A document may hold the text of a control token ("<|im_end|>"). Its tokens are therefore taken apart from
the template's, with control tokens switched off, and joined: the same way in training and in use.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from thresher.adapters.errors import ModelError
from thresher.adapters.regular_file import read_regular

#: Stand for the two messages while the chat template is rendered: private-use characters, which no template
#: holds.
_SYSTEM, _USER = "\ue000\ue001\ue000", "\ue000\ue002\ue000"

#: No tokenizer's file is larger: the largest known have some 40 MB.
_MOST_BYTES = 1 << 28

_REMEDY = "Remove the model and add it again from whole files, or use another base."


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
        except Exception as error:  # transformers and tokenizers raise anything, of many lines
            raise ModelError(
                f"{folder.name}: the tokenizer cannot be read ({_first_line(error)}). {_REMEDY}"
            ) from error
        if not self._chat.chat_template:
            raise ModelError(f"{folder.name}: the model has no chat template. Use an instruction-tuned base.")
        if self._chat.eos_token_id is None:
            raise ModelError(
                f"{folder.name}: the tokenizer names no token that ends an answer. Use another base."
            )
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
        """Token ids of the rendered chat around the document, which follows `user` directly.

        Both messages are data like the document: they may hold what a user called a field. Raises ModelError
        where the chat template cannot be rendered, or does not keep the messages as they are.
        """
        messages = [{"role": "system", "content": _SYSTEM}, {"role": "user", "content": _USER}]
        options = {"tokenize": False, "add_generation_prompt": True, "enable_thinking": False}
        try:
            text = self._chat.apply_chat_template(messages, **options)
        except Exception as error:  # a template is a program: beside Jinja's own errors it raises anything
            raise ModelError(
                f"the model's chat template cannot be rendered ({_first_line(error)}). {_REMEDY}"
            ) from error
        before, one, rest = text.partition(_SYSTEM)
        between, two, after = rest.partition(_USER)
        if not (one and two) or _SYSTEM in rest or _USER in after:
            raise ModelError(
                "the model's chat template does not keep the messages as they are: use another base"
            )
        head = [*self._control(before), *self._plain(system), *self._control(between), *self._plain(user)]
        return PromptTokens(tuple(head), tuple(self._control(after)))

    def document(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """Token ids of a document's text, and for each the characters [start, end) that it covers."""
        encoding = self._data.encode(text, add_special_tokens=False)
        return list(encoding.ids), list(encoding.offsets)

    def answer(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        """Token ids of a whole answer as the engine comes to write them, and each one's characters.

        Control tokens in a value are split, as in the document that it quotes.
        """
        return self.document(text)

    def _plain(self, text: str) -> list[int]:
        return list(self._data.encode(text, add_special_tokens=False).ids)

    def _control(self, text: str) -> list[int]:
        return list(self._chat(text, add_special_tokens=False)["input_ids"])


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]


def tokenizer_hash(folder: Path) -> str:
    """The sha256, in hex, of the tokenizer's file."""
    return sha256(_content(folder / "tokenizer.json")).hexdigest()


def template_hash(folder: Path) -> str:
    """The sha256, in hex, of the chat template, wherever the folder keeps it."""
    jinja = folder / "chat_template.jinja"
    if jinja.exists():
        template: Any = _content(jinja).decode("utf-8", errors="replace")
    else:
        template = json.loads(_content(folder / "tokenizer_config.json")).get("chat_template")
    return sha256(json.dumps(template, sort_keys=True).encode()).hexdigest()


def _content(path: Path) -> bytes:
    try:
        return read_regular(path, _MOST_BYTES)
    except OSError as error:
        raise ModelError(
            f"{path}: cannot be read. Name the folder of a base model, or fetch it again."
        ) from error
