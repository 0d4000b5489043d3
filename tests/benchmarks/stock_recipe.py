"""The stock recipe, to compare with: PEFT and transformers as their guides show them, JSON by luck.

LoRA of rank 8 with alpha 32 and dropout 0.1 on the default modules, AdamW at a rate that falls to zero, and
answers that are generated freely and read with `json`. It sees our prompts and the labels that the domain's
shipped adapter was trained on, each document cut at `MOST` tokens. What is no JSON, or names no field, states
nothing. So the base can answer that has learnt nothing, too. Only how the loss is computed is ours, or a run
would take hours longer on a CPU: the logits at the answers alone, and once what the prompts of a pass share
(there dropout is one draw for all of them).
"""

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from thresher.adapters.answer import render_answer
from thresher.adapters.fields import Field
from thresher.adapters.pack import RecordType
from thresher.adapters.prompt import render_prompt
from thresher.adapters.spans import SpanFinder
from thresher.adapters.tokens import PromptTokenizer
from thresher.adapters.training.batches import collate
from thresher.adapters.training.examples import Example
from thresher.adapters.training.read_sets import read_sets
from thresher.adapters.training.run_config import parse_run
from thresher.adapters.values import check, is_absent
from thresher.app.evaluation.records import GoldRecord, Predicted, PredictedRecord, load_gold
from thresher.app.locations import Locations
from thresher.app.models import library
from thresher.app.record import Outcome

#: Where the recipes of the shipped adapters are read.
_PACKAGING = Path(__file__).parents[2] / "packaging"
#: Three epochs, of at most so many steps: about as many as the longest run of a shipped adapter.
EPOCHS, ROWS, STEPS = 3, 8, 240
#: After so many steps what was trained is kept: a CPU takes half a minute for one.
KEPT = 10
#: Tokens that are in memory at a time, padding among them, beside what a pass shares.
PASS = 6000
#: Tokens of a document, and of an answer.
MOST, ANSWER = 2048, 512


Ask = Callable[[Sequence[GoldRecord]], list[PredictedRecord]]


@contextmanager
def stock_answers(data: Path, asked: RecordType, rate: float, work: Path) -> Iterator[Ask]:
    """Answers at one rate, or of the base itself at 0.

    What was trained lies in `work`; what was stopped goes on from there.
    """
    base = library.find(Locations.default().models, "starter").folder
    trained = (work / f"{asked.domain}-{asked.name}-{rate:g}").absolute()
    recipe = Stock(base, asked.instructions, rate, trained if trained.exists() else None)
    if rate and not trained.exists():
        recipe.train(same_labels(data, asked, work.absolute()), trained.with_name(f"{trained.name}.steps"))
        recipe.save(trained)
    yield recipe.answers


def same_labels(data: Path, asked: RecordType, work: Path) -> list[GoldRecord]:
    """Those that the domain's shipped adapter was trained on; all that there are where none may ship."""
    sys.path.append(str(_PACKAGING))
    from recipes import read_recipe, recipe_names

    name = f"{asked.domain}/{asked.name}"
    if asked.domain in recipe_names():
        recipe = read_recipe(asked.domain, data, work / "made")
        first = recipe.runs[0]  # a domain's later rounds learn the same labels
        run = parse_run({"base": work, "out": work, **first.keys}, f"the recipe {asked.domain}", work)
        for one, source in zip(read_sets(run)[0], first.sources, strict=True):
            if source.name == name:
                return [GoldRecord(each.id, each.text, each.values, each.fields) for each in one.sides.train]
    return load_gold(data / name / "train.jsonl", asked.fields, open_fields=asked.open_fields)


class Stock:
    """The base with a PEFT adapter that is trained on the labels, or was and lies in `trained`."""

    def __init__(self, folder: Path, instructions: str, rate: float, trained: Path | None) -> None:
        import torch
        from peft import LoraConfig, PeftModel, get_peft_model
        from transformers import AutoTokenizer

        from thresher.train_cuda.base import load_base
        from thresher.train_cuda.device import find_device

        self._instructions, self._rate = instructions, rate
        self._tokenizer = PromptTokenizer(folder)
        self._words: Any = AutoTokenizer.from_pretrained(folder)
        self._device = find_device()
        # As our trainer has it. There are CPUs on which attention in bfloat16 is slow.
        base = load_base(folder, self._device)
        config = LoraConfig(task_type="CAUSAL_LM", r=8, lora_alpha=32, lora_dropout=0.1)
        torch.manual_seed(7)
        self._model: Any = (
            PeftModel.from_pretrained(base, trained) if trained else get_peft_model(base, config)
        )

    def train(self, labels: Sequence[GoldRecord], steps: Path) -> None:
        """Three epochs over the labels, or `STEPS`. It goes on from what a run before it kept in `steps`."""
        import torch
        from transformers import Trainer, TrainingArguments
        from transformers.trainer_utils import get_last_checkpoint

        from thresher.train_cuda.device import rough_products
        from thresher.train_cuda.loss import TargetLoss

        rows = [self._example(label) for label in labels]
        own = max(len(row) - row.shared for row in rows)
        once = ROWS if ROWS * own <= PASS else 2
        # Tried while nothing is dropped: it compares two ways of computing the same.
        loss = TargetLoss(self._model.eval().base_model.model)

        def collated(part: list[Example]) -> dict[str, Any]:
            batch = collate(part, range(len(part)))
            return {"batch": batch, "labels": torch.tensor(np.where(batch.mask, batch.targets, -100))}

        class ByTargets(Trainer):  # type: ignore[misc]  # it has no types
            def compute_loss(
                self, model: Any, inputs: dict[str, Any], *told: Any, num_items_in_batch: Any, **more: Any
            ) -> Any:
                return loss(inputs["batch"]) / num_items_in_batch

        arguments = TrainingArguments(
            output_dir=str(steps),
            learning_rate=self._rate,
            num_train_epochs=EPOCHS,
            max_steps=STEPS if EPOCHS * len(rows) > STEPS * ROWS else -1,
            per_device_train_batch_size=once,
            gradient_accumulation_steps=ROWS // once,
            use_cpu=self._device.on_cpu,
            remove_unused_columns=False,
            dataloader_pin_memory=False,
            report_to="none",
            save_strategy="steps",
            save_steps=KEPT,
            save_total_limit=1,
            logging_steps=10,
            disable_tqdm=True,
        )
        trainer = ByTargets(self._model, arguments, data_collator=collated, train_dataset=rows)
        steps.mkdir(parents=True, exist_ok=True)
        with rough_products(self._device):
            trainer.train(resume_from_checkpoint=get_last_checkpoint(str(steps)))

    def save(self, folder: Path) -> None:
        """Writes the adapter, as PEFT does."""
        part = folder.with_name(folder.name + ".part")
        self._model.save_pretrained(part)
        part.replace(folder)

    def answers(self, gold: Sequence[GoldRecord]) -> list[PredictedRecord]:
        """What it says of each document, in order."""
        import torch

        self._model.eval()
        said: dict[str, PredictedRecord] = {}
        prompts = [(self._prompt(one.text, one.fields), one) for one in gold]
        prompts.sort(key=lambda each: len(each[0]))
        for start in range(0, len(prompts), ROWS):
            part = prompts[start : start + ROWS]
            longest = max(len(prompt) for prompt, _ in part)
            left = [longest - len(prompt) for prompt, _ in part]
            with torch.no_grad():
                written = self._model.generate(
                    input_ids=torch.tensor([[0] * n + p for n, (p, _) in zip(left, part, strict=True)]),
                    attention_mask=torch.tensor([[0] * n + [1] * (longest - n) for n in left]),
                    do_sample=False,
                    max_new_tokens=ANSWER,
                    eos_token_id=list(self._tokenizer.end_ids),
                    pad_token_id=self._tokenizer.end_ids[0],
                )
            for row, (_, one) in zip(written[:, longest:].tolist(), part, strict=True):
                ids = [token for token in row if token not in self._tokenizer.end_ids]
                said[one.id] = _record(one, self._words.decode(ids, skip_special_tokens=True))
        return [said[one.id] for one in gold]

    def _example(self, label: GoldRecord) -> Example:
        prompt = self._prompt(label.text, label.fields)
        said = self._tokenizer.answer(render_answer(label.fields, label.output))[0]
        tokens = np.array([*prompt, *said, self._tokenizer.end_ids[0]], np.int32)
        head = len(self._tokenizer.prompt(*render_prompt(self._instructions, label.fields)).head)
        return Example(label.id, 0, tokens, np.arange(len(tokens)) >= len(prompt), head)

    def _prompt(self, text: str, fields: Sequence[Field]) -> list[int]:
        around = self._tokenizer.prompt(*render_prompt(self._instructions, fields))
        document, _ = self._tokenizer.document(text)
        return [*around.head, *document[:MOST], *around.tail]


def _record(one: GoldRecord, text: str) -> PredictedRecord:
    return PredictedRecord(one.id, dict(_values(one, _json(text))))


def _json(text: str) -> Mapping[str, Any]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, dict) else {}


def _values(one: GoldRecord, read: Mapping[str, Any]) -> Iterator[tuple[str, Predicted]]:
    finder = SpanFinder(one.text)
    for field in one.fields:
        try:
            value = check(field, read.get(field.name))
        except ValueError:
            # Stated, and wrong.
            yield field.name, Predicted(str(read[field.name]), Outcome.FOUND)
            continue
        items = value if isinstance(value, list) else [value]
        found = [finder.find(field, item) if item is not None else None for item in items]
        spans = tuple(match.text if match else None for match in found)
        # It says of no value that it is not to be trusted.
        outcome = Outcome.ABSENT if is_absent(value, field) else Outcome.FOUND
        yield field.name, Predicted(value, outcome, spans)
