"""What is shown of labels in an epoch: each as it is, and varied, so that an adapter serves other fields and
documents than those it saw. A pure function of the labels, the run's keys and its seed.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np

from thresher.adapters.fields import UNTOLD, Field
from thresher.adapters.shots import beside
from thresher.adapters.spans import SpanFinder
from thresher.adapters.training.asked import vary_asked
from thresher.adapters.training.cells import move
from thresher.adapters.training.draw import Draw
from thresher.adapters.training.edits import Edit, misread, without
from thresher.adapters.training.labels import Label
from thresher.adapters.training.run_parts import Augmentation
from thresher.adapters.training.shown_labels import Dealt, ShownLabels
from thresher.adapters.training.swap import Pool, swap
from thresher.adapters.values import is_absent

#: A cut document keeps from this share of its lines (of its sentences, where it has few lines) to that.
_LEAST_KEPT, _MOST_KEPT = 0.2, 0.8
#: Fewer lines are cut at sentences.
_FEW_LINES = 4
#: No more of a document than this share is taken out to make a value absent.
_MOST_REMOVED = 0.4
_LINE = re.compile(r"[^\n]*\n|[^\n]+\Z")
_SENTENCE = re.compile(r".+?(?:[.!?;]+(?=\s)\s*|\Z)", re.DOTALL)

#: What OCR takes for something else. No digit becomes another digit: that would state another number.
_PAIRS = {"rn": "m", "cl": "d", "vv": "w", "li": "h", "ri": "n", "nn": "m", "ii": "u"}
_SINGLE = {
    of: tuple(others)
    for of, *others in (
        line.split()
        for line in """
        a o e
        b h 6
        c e o
        d cl
        e c o
        f t
        g q 9
        h b li
        i l j 1
        l 1 I i
        m rn nn
        n u ri
        o 0 c
        q g
        t f l
        u n ii
        w vv
        B 8
        D O
        E F
        G 6 C
        I l 1
        O 0 Q
        S 5
        Z 2
        0 O o
        1 l I
        2 Z
        5 S
        6 G b
        8 B
        . ,
        , .
        """.strip().splitlines()
    )
} | {" ": ("", "", "\n", "  "), "\n": (" ", "\n\n")}


def shown(
    labels: Sequence[Label], repeat: int, how: Augmentation, seed: int, *, of_a_kind: bool = False
) -> tuple[Label, ...]:
    """Each label `repeat` times, in order: of all times the share `how.share` varied, its own form first.

    `of_a_kind`: all are of one record type, whatever fields they ask for.
    """
    heads = _Heads(how, seed, ShownLabels(labels, how, of_a_kind=of_a_kind))
    pool = Pool(labels if how.swap else ())
    times: list[Label] = []
    for label in labels:
        varied = int(repeat * how.share + Draw(seed, "share", label.text, label.instructions).number())
        times += [label] * (repeat - varied)
        times += [_varied(label, time, how, seed, heads, pool) for time in range(1, varied + 1)]
    return tuple(times)


class _Heads:
    """The few variations of what is asked: labels that are dealt the same one share a prompt's head."""

    def __init__(self, how: Augmentation, seed: int, others: ShownLabels) -> None:
        self._how, self._seed, self._others = how, seed, others
        self._known: dict[tuple[str, tuple[Field, ...], int], Dealt] = {}

    def deal(self, label: Label, draw: Draw) -> Dealt:
        number = draw.below(self._how.heads)
        key = label.instructions, label.fields, number
        if key not in self._known:
            own = Draw(
                self._seed,
                "asked",
                label.instructions,
                *(f.model_dump_json(exclude=UNTOLD) for f in label.fields),
                number,
            )
            asked = vary_asked(label.instructions, label.fields, self._how, own)
            showing = Draw(self._seed, "shots", label.instructions, *(f.name for f in label.fields), number)
            self._known[key] = self._others.deal(label, asked, showing)
        return self._known[key]


def _varied(label: Label, time: int, how: Augmentation, seed: int, heads: _Heads, pool: Pool) -> Label:
    draw = Draw(seed, "varied", label.text, label.instructions, time)
    # Streams of their own: recipes without them draw what they drew before there were any.
    swapping = Draw(seed, "swapped", label.text, label.instructions, time)
    moving = Draw(seed, "moved", label.text, label.instructions, time)
    skipping = Draw(seed, "skipped", label.text, label.instructions, time)
    unvaried = label
    if swapping.chance(how.swap):
        label = swap(label, pool, swapping)
    if moving.chance(how.cells):
        label = move(label, moving)
    dealt = heads.deal(label, draw)
    label = replace(label, id=f"{label.id} (varied {time})")
    # A variation may ask for nothing that is known of this document.
    if values := dealt.asked.values(label.values):
        label = replace(
            label,
            instructions=dealt.asked.instructions,
            fields=tuple(dealt.asked.fields.values()),
            values=values,
            shots=beside(dealt.shots, unvaried.text),
        )
    for chance, change in (
        (how.cut, cut),
        (how.remove, remove),
        (how.noise, partial(noise, rate=how.noise_rate)),
    ):
        if draw.chance(chance):
            changed = change(label, draw)
            # Of a text that states nothing there is little to learn.
            label = changed if changed.says_something else label
    return _without_some_absent(label, how.skip_absent, skipping) if how.skip_absent else label


def _without_some_absent(label: Label, chance: float, draw: Draw) -> Label:
    """The label with each absent value not known by that chance; whole where nothing else is known."""
    skipped = {
        one.name
        for one in label.fields
        if one.name in label.values and is_absent(label.values[one.name], one) and draw.chance(chance)
    }
    values = {name: value for name, value in label.values.items() if name not in skipped}
    return replace(label, values=values) if values else label


def cut(label: Label, draw: Draw) -> Label:
    """The label with a run of its document's lines alone, or of its sentences where it has few lines."""
    parts = [found.span() for found in _LINE.finditer(label.text)]
    if len(parts) < _FEW_LINES:
        parts = [found.span() for found in _SENTENCE.finditer(label.text)]
    most = len(parts) * (_LEAST_KEPT + draw.number() * (_MOST_KEPT - _LEAST_KEPT))
    kept = max(1, round(most))
    first = draw.below(len(parts) - kept + 1)
    start, end = parts[first][0], parts[first + kept - 1][1]
    ends = (Edit(0, start), Edit(end, len(label.text)))
    return without(label, [edit for edit in ends if edit.start < edit.end])


def remove(label: Label, draw: Draw) -> Label:
    """The label without the lines that state one of its values; as it is where those are too much of it."""
    stated = [
        field
        for field in label.fields
        if field.type in ("string", "person", "date") and not is_absent(label.values.get(field.name))
    ]
    if not stated:
        return label
    field = draw.pick(stated)
    value, text = label.values[field.name], label.text
    edits: list[Edit] = []
    left = int(len(text) * _MOST_REMOVED)
    while (match := SpanFinder(text).find(field, value)) is not None:
        start = text.rfind("\n", 0, match.start) + 1
        end = text.find("\n", match.end)
        end = len(text) if end < 0 else end
        left -= end - start
        if left < 0:
            return label
        edits.append(Edit(start, end))
        # Of the same length, so that places stay those of the document.
        text = text[:start] + " " * (end - start) + text[end:]
    return without(label, _joined(edits))


def _joined(edits: Sequence[Edit]) -> list[Edit]:
    """What is taken out, in order: a value over lines may reach over one that was taken out before."""
    joined: list[Edit] = []
    for edit in sorted(edits, key=lambda edit: edit.start):
        if joined and edit.start <= joined[-1].end:
            edit = Edit(joined[-1].start, max(edit.end, joined.pop().end))
        joined.append(edit)
    return joined


def noise(label: Label, draw: Draw, rate: float) -> Label:
    """The label with characters of its text taken for others, spaces lost, and lines broken or joined."""
    edits: list[Edit] = []
    free = 0
    for at in np.flatnonzero(draw.numbers(len(label.text)) < rate).tolist():
        pair = label.text[at : at + 2]
        others = (_PAIRS[pair],) if pair in _PAIRS else _SINGLE.get(pair[0], ())
        if at >= free and others:
            free = at + (2 if pair in _PAIRS else 1)
            edits.append(Edit(at, free, draw.pick(others)))
    return misread(label, edits)
