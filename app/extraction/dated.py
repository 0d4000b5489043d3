"""What stands beside a date that was found tells whether it is this one of the record, or another."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from thresher.adapters.cues import Cues, log_odds
from thresher.adapters.date_cues import cues_beside, told_beside
from thresher.adapters.fields import Field
from thresher.app.extraction.evidence import Evidence
from thresher.app.record import Outcome, Value


def dated_values(
    evidence: Evidence, fields: Sequence[Field], values: Mapping[str, Value], cues: Mapping[str, Cues]
) -> dict[str, Value]:
    """The dates that were found and have cues, by name, with what these tell among their signals."""
    told = [name for name in told_beside(fields, cues) if values[name].outcome is Outcome.FOUND]
    if not told:
        return {}
    text, places = evidence.document.text, evidence.finder.days
    found = cues_beside(text, {values[name].value for name in told}, places)
    dated = {}
    for name in told:
        # A date is found where the text writes it out.
        odds = log_odds(cues[name], found[values[name].value])
        signals = tuple(replace(each, beside=odds) for each in values[name].signals)
        dated[name] = replace(values[name], signals=signals)
    return dated
