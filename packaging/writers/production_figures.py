"""The figures of a made-up production report, which agree with each other."""

from collections.abc import Callable
from typing import Any

from writers.form_parts import capital

from thresher.adapters.training.draw import Draw

COUNTS = ("units_planned", "units_produced", "good", "units_rejected")
RATES = ("availability", "performance", "quality")
#: How often nothing was rejected, and nothing stood still.
_NO_REJECTS, _NO_STOPS = 0.03, 0.04

#: How a report writes causes, and one in sentences.
_LETTERS: tuple[Callable[[str], str], ...] = (str, capital, capital, str.upper)
_PROSE: tuple[Callable[[str], str], ...] = (str, str, str, str.upper)


class ProductionFigures:
    """What was planned and made, what stood still and why, and how well it went.

    `counts` are of units, `stops` the causes with their minutes, `rates` what `oee` is made of, in percent.
    """

    def __init__(self, scale: int, causes: list[str], is_prose: bool, draw: Draw) -> None:
        planned = max(40, round(scale * (0.3 + draw.number())))
        planned -= planned % draw.pick((1, 10, 50, 100)) if planned > 200 else 0
        produced = round(planned * (0.72 + 0.35 * draw.number()))
        rejected = 0
        if not draw.chance(_NO_REJECTS):
            rejected = max(1, round(produced * (0.003 + 0.08 * draw.number() ** 2)))
        made = (planned, produced, produced - rejected, rejected)
        self.counts = dict(zip(COUNTS, made, strict=True))
        written: Callable[[str], str] = draw.pick(_PROSE if is_prose else _LETTERS)
        named = list(dict.fromkeys(draw.shuffled(causes)))[: 1 + draw.below(4)]
        stops = [(written(one), draw.pick((5, 10, 12, 1)) * (1 + draw.below(5))) for one in named]
        self.stops = stops * (not draw.chance(_NO_STOPS))
        self.downtime = sum(minutes for _, minutes in self.stops)
        rates = [0.7 + 0.28 * draw.number(), 0.72 + 0.27 * draw.number(), 1 - rejected / produced]
        digits = draw.pick((0, 1, 1, 1, 2))
        self.rates = {name: _percent(one, digits) for name, one in zip(RATES, rates, strict=True)}
        self.oee = _percent(rates[0] * rates[1] * rates[2], digits)

    def gold(self) -> dict[str, Any]:
        """By field."""
        causes = [cause for cause, _ in self.stops]
        others = {"downtime_minutes": self.downtime, "downtime_causes": causes, "oee_percent": self.oee}
        return self.counts | others


def _percent(share: float, digits: int) -> float:
    return round(100 * share, digits)
