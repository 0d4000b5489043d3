"""What the windows of a document say of a scalar field, made one value."""

import math
from collections.abc import Sequence
from dataclasses import replace

from thresher.adapters.fields import Field
from thresher.adapters.values import check, is_absent, same
from thresher.app.extraction.evidence import Evidence, mean
from thresher.app.extraction.signals import Sureness, together
from thresher.app.extraction.window_answer import WindowAnswer
from thresher.app.record import Outcome, Value

#: More than this is likelier than not.
_HALF = 0.5
#: Which outcome is taken where the windows differ. A part that was lost may have held the value, so it goes
#: before what says that there is none.
_ORDER = (
    Outcome.FOUND,
    Outcome.UNGROUNDED,
    Outcome.INVALID,
    Outcome.TRUNCATED,
    Outcome.FAILED,
    Outcome.ABSENT,
)


def merge_scalar(evidence: Evidence, field: Field, answers: Sequence[WindowAnswer]) -> Value:
    """One value of the windows' answers, which are in the order of the windows."""
    said = [_said(evidence, field, answer) for answer in answers]
    if not said:
        return Value(None, Outcome.FAILED, None)
    best = min(said, key=_rank)  # the first of equals
    if best.value is False and (doubted := _doubted(evidence, said)):
        return doubted
    if best.outcome is Outcome.ABSENT:
        best = replace(best, confidence=mean(value.confidence for value in said))
    if best.outcome is Outcome.ABSENT or best.value is False:
        # All windows together say that the document states none.
        heard = [value.signals[0].sureness for value in said if value.signals]
        return replace(best, signals=evidence.all_absent(heard))
    agreement = _agreement(field, best, said)
    return replace(best, signals=tuple(replace(each, agreement=agreement) for each in best.signals))


def _said(evidence: Evidence, field: Field, answer: WindowAnswer) -> Value:
    """What one window says."""
    if answer.failed:
        return Value(None, Outcome.FAILED, None)
    if field.name not in answer.values:
        return Value(None, Outcome.TRUNCATED if answer.cut is not None else Outcome.FAILED, None)
    raw = answer.values[field.name]
    given = answer.sureness.get(field.name)
    sureness = together(given) if given else None
    confidence = sureness.probability if sureness else None
    try:
        value = check(field, raw)
    except ValueError:
        return Value(raw, Outcome.INVALID, confidence)
    if is_absent(value, field):
        signals = evidence.all_absent([sureness] if sureness else [])
        return Value(None, Outcome.ABSENT, confidence, signals=signals)
    match = evidence.finder.find(field, value, (answer.window.start, answer.window.end))
    is_found = match.says_it if match else not field.is_quoted
    outcome = Outcome.FOUND if is_found else Outcome.UNGROUNDED
    signals = evidence.stated(field, sureness, match)
    return Value(value, outcome, confidence, (evidence.span(match),), signals=signals)


def _rank(value: Value) -> tuple[float, float]:
    """The least is taken."""
    order: float = _ORDER.index(value.outcome)
    if value.outcome is Outcome.UNGROUNDED and any(value.spans):
        order = _ORDER.index(Outcome.FOUND)  # the text has it, written otherwise
    if value.value is False:
        order = _ORDER.index(Outcome.FAILED) + 0.5  # one lost window may have said true
    return order, -(value.confidence if value.confidence is not None else -1)


def _doubted(evidence: Evidence, said: Sequence[Value]) -> Value | None:
    """True, where several windows say false and it is likelier that one of them is wrong than that none is.

    Each has read a part only: seven that are nine tenths sure are together less than half sure. None else.
    """
    denials = [value.signals[0].sureness for value in said if value.value is False and value.signals]
    chance = 1 - together(denials).probability
    if len(denials) < 2 or chance <= _HALF:
        return None
    # As sure as the windows taken for one, and no token of theirs says more.
    sureness = Sureness(math.log(chance), math.log(chance), sum(each.tokens for each in denials))
    return Value(True, Outcome.FOUND, chance, (None,), signals=(evidence.judged(sureness),))


def _agreement(field: Field, best: Value, said: Sequence[Value]) -> float:
    """Of the windows that state a value, the share that states this one. False states nothing."""
    stated = [v for v in said if v.outcome in (Outcome.FOUND, Outcome.UNGROUNDED) and v.value is not False]
    alike = sum(same(field, best.value, other.value) for other in stated)
    return alike / len(stated) if stated else 1.0
