"""What the windows of a document say of a list, made one value: the items of all, equal ones once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from thresher.adapters.fields import Field
from thresher.adapters.grounding import Match
from thresher.adapters.punctuation import Words
from thresher.adapters.values import check, is_absent, normalise
from thresher.adapters.windows import Window
from thresher.app.extraction.evidence import Evidence, mean
from thresher.app.extraction.signals import Signals, Sureness, together
from thresher.app.extraction.window_answer import WindowAnswer
from thresher.app.record import Outcome, Value


def merge_list(evidence: Evidence, field: Field, answers: Sequence[WindowAnswer]) -> Value:
    """One value of the windows' answers, which are in the order of the windows."""
    said = _Said(evidence, field)
    for answer in answers:
        said.hear(answer)
    return said.value()


@dataclass
class _Item:
    text: str
    match: Match | None = None
    sureness: Sureness | None = None
    windows: int = 0  # that name it


class _Said:
    """What the windows say of one list, heard one after the other."""

    def __init__(self, evidence: Evidence, field: Field) -> None:
        self._evidence = evidence
        self._field = field
        self._items: dict[str, _Item] = {}
        self._windows: list[Window] = []  # whose answers could be read
        self._absences: list[Sureness] = []
        self._lost: set[Outcome] = set()
        self._invalid: Value | None = None

    def hear(self, answer: WindowAnswer) -> None:
        name = self._field.name
        if answer.failed or name not in answer.values:
            is_cut = answer.cut is not None and not answer.failed
            self._lost.add(Outcome.TRUNCATED if is_cut else Outcome.FAILED)
            return
        if answer.cut == name:
            self._lost.add(Outcome.TRUNCATED)
        raw = answer.values[name]
        try:
            checked = check(self._field, raw)
        except ValueError:
            self._invalid = self._invalid or Value(raw, Outcome.INVALID, None)
            return
        self._windows.append(answer.window)
        given = answer.sureness.get(name, ())
        if not checked and given:
            self._absences.append(together(given))
        self._take(raw or (), given, answer.window)

    def _take(self, texts: Sequence[str], given: Sequence[Sureness], window: Window) -> None:
        named: set[str] = set()
        for text, sureness in zip_longest(texts, given[: len(texts)]):
            if is_absent(text):
                continue
            key = self._key(text)
            item = self._items.setdefault(key, _Item(text))
            within = (window.start, window.end)
            surer = sureness and (item.sureness is None or sureness.total > item.sureness.total)
            # Of one that may be punctuated otherwise the surest writing is taken.
            if item.match is None or (surer and self._field.is_spelt):
                match = self._evidence.finder.find(self._field, text, within)
                if match:
                    item.text, item.match = text, match
            if surer:
                item.sureness = sureness
            named.add(key)
        for name in named:
            self._items[name].windows += 1

    def _key(self, text: str) -> str:
        """The same of items that are one."""
        return (self._field.is_spelt and Words(text).letters) or normalise(text)

    def value(self) -> Value:
        if not self._items:
            return self._invalid or self._no_items()
        end = len(self._evidence.document.text) + 1
        items = sorted(self._items.values(), key=lambda item: item.match.start if item.match else end)
        is_found = any(item.match and item.match.says_it for item in items)
        outcome = Outcome.FOUND if is_found else Outcome.UNGROUNDED
        signals = [self._signals(item) for item in items]
        confidences = tuple(each.probability if each else None for each in signals)
        return Value(
            [item.text for item in items],
            Outcome.TRUNCATED if self._lost else outcome,
            mean(confidences),
            tuple(self._evidence.span(item.match) for item in items),
            confidences,
            signals=tuple(each for each in signals if each) if all(signals) else (),
        )

    def _no_items(self) -> Value:
        if self._lost or not self._windows:
            return Value([], Outcome.TRUNCATED if Outcome.TRUNCATED in self._lost else Outcome.FAILED, None)
        sure = mean(absence.probability for absence in self._absences)
        return Value([], Outcome.ABSENT, sure, signals=self._evidence.all_absent(self._absences))

    def _signals(self, item: _Item) -> Signals | None:
        """None where it is not known how sure the model was."""
        of_one = self._evidence.stated(self._field, item.sureness, item.match)
        return replace(of_one[0], agreement=self._share_naming(item)) if of_one else None

    def _share_naming(self, item: _Item) -> float:
        """Of the windows that hold the item's place (of all, where it has none), the share that names it."""
        match = item.match
        holding = sum(match is None or (w.start <= match.start and match.end <= w.end) for w in self._windows)
        return item.windows / max(holding, item.windows)
