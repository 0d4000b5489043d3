"""The card of an adapter that ships: what it was trained on, how good it is, and what it is bad at.

Every figure is one that was measured and stands in the manifest.
"""

from collections.abc import Iterator, Sequence

from recipes import GENERAL, Recipe

from thresher.adapters.calibration import Calibration
from thresher.adapters.manifest import Manifest, Score
from thresher.adapters.manifest import Recipe as Trained

#: Fields below this F1 are told as what an adapter is bad at.
_BAD = 0.6
#: So many of them at most.
_SHOWN = 12

_CARD = """\
# {name}

A LoRA adapter for {whose}, on the base {base}. It ships with Thresher. Its recipe is
`packaging/adapters/{recipe}.yaml`, and `python packaging/make_adapters.py DATA {recipe}` makes it anew.

## Data

| record type | labels | licence | attribution |
| --- | --- | --- | --- |
{sources}

Trained on {train:,} labels{counted}; the loss on {validation:,} others was watched.{varied}

## Training

{steps:,} steps{runs} at a peak rate of {rate}, {start}, with {trainer}: {span} on {machine}.{shipped}

## Scores

On documents that it was not trained on. The recipe was chosen by what it gives on such, so new ones may
score a little lower. `docs/extraction.md` has the rule of scoring. The calibration error says how far a
confidence is from the share of values that are right, on documents that the calibration had not seen.

| record type | records | F1 | every field right | calibrated on | calibration error |
| --- | ---: | ---: | ---: | ---: | ---: |
{scores}

## What it is bad at

{bad}
"""


def card(recipe: Recipe, manifest: Manifest, calibrations: Sequence[Calibration], machine: str) -> str:
    """The text of the card, in Markdown."""
    trained, data = manifest.recipe, manifest.data
    if trained is None or data is None:
        raise ValueError(f"{manifest.name} was not trained")
    sure = {(one.domain, one.record_type): one for one in calibrations}
    averaged = f" The adapter is the mean of what {of} made." if (of := _averaged(recipe)) else ""
    weaker = f" It ships at {recipe.strength:g} of what it learnt: that serves other fields better."
    weaker = "" if recipe.strength == 1 else weaker
    names = (
        " What a document says by the names of fields and choices goes first."
        if manifest.names_decide
        else ""
    )
    shown = " Its prompts show the pack's short examples." if manifest.shows_examples else ""
    return _CARD.format(
        name=manifest.name,
        whose=f"the domain {manifest.pack.domain}" if manifest.pack else "any domain and any fields",
        base=manifest.base.name,
        recipe=recipe.name,
        sources="\n".join(
            f"| {one.name} | {one.title} | {one.licence} | {one.attribution} |" for one in recipe.sources
        ),
        train=data.train,
        counted=_counted(recipe),
        validation=data.validation,
        varied=_varied(recipe),
        steps=trained.steps,
        runs=_runs(recipe),
        rate=_rates(trained),
        start=_start(recipe),
        shipped=f"{averaged}{weaker}{names}{shown}",
        trainer=trained.trainer,
        span=_span(trained.seconds),
        machine=machine,
        scores="\n".join(
            f"| {one.domain}/{one.record_type} | {one.records} | {one.f1:.3f} | {one.all_right:.1%} "
            f"| {_calibrated(sure.get((one.domain, one.record_type)))} |"
            for one in manifest.scores
        ),
        bad="\n".join(
            f"- {line}" for line in (*_unfit(manifest.unfit_for), *_unsure(recipe), *_bad(manifest.scores))
        ),
    )


def _counted(recipe: Recipe) -> str:
    """That runs share labels, where these were summed: of runs with the very same ones they were not."""
    if recipe.averages or len({tuple(map(str, run.keys["sets"])) for run in recipe.runs}) > 1:
        return f" in {len(recipe.runs)} runs, many in more than one"
    return ""


def _varied(recipe: Recipe) -> str:
    # The runs of a round differ in their labels and seeds.
    shares = [runs[0].keys.get("augment", {}).get("share", 0) for runs in recipe.rounds]
    if not any(shares):
        return ""
    if len(set(shares)) == 1:
        return f" Fields, instructions or text were varied in {shares[0]:.0%} of what was shown."
    told = [f"{share:.0%} of what round {number} showed" for number, share in enumerate(shares, 1) if share]
    return f" Fields, instructions or text were varied in {' and '.join(told)}."


def _averaged(recipe: Recipe) -> str:
    """What the adapter is the mean of: "" of nothing."""
    shares = recipe.mean_of_rounds
    if (count := len(shares)) > 1:
        told = f", in shares of {':'.join(map(str, shares))}," if len(set(shares)) > 1 else ""
        return ("the rounds" if count == len(recipe.rounds) else f"the last {count} rounds") + told
    several = len(recipe.rounds[-1]) > 1
    return ("the runs" if len(recipe.rounds) == 1 else "the last runs") if several else ""


def _runs(recipe: Recipe) -> str:
    """How many there were: "" of one."""
    if len(recipe.runs) == 1:
        return ""
    if len(recipe.rounds) == 1:
        return f" in {len(recipe.runs)} runs, each"
    several = [
        f"{len(runs)} runs in round {number}" for number, runs in enumerate(recipe.rounds, 1) if len(runs) > 1
    ]
    told = f" ({', '.join(several)})" if several else ""
    return f" in {len(recipe.rounds)} rounds{told}, each"


def _rates(trained: Trained) -> str:
    """The peak rates of its rounds in order, each once."""
    rounds = trained.configuration.get("rounds", [trained.configuration])
    runs = [run for one in rounds for run in one.get("mean_of", [one])]
    rates = dict.fromkeys(run.get("learning_rate") or trained.learning_rate for run in runs)
    return " and then ".join(f"{rate:g}" for rate in rates)


def _start(recipe: Recipe) -> str:
    start = f"from the {recipe.parent} adapter" if recipe.parent else "from a new adapter"
    if len(recipe.rounds) == 1:
        return start
    several = any(len(runs) > 1 for runs in recipe.rounds[:-1])
    mean = ", of several runs from their mean" if several else ""
    means = [
        f"; round {number} from the mean of the {count} before"
        for number, count in enumerate(recipe.starts, 1)
        if count > 1
    ]
    return f"the first {start} and each other from the one before{mean}{''.join(means)}"


def _unfit(domains: Sequence[str]) -> Iterator[str]:
    for domain in domains:
        others = "the domain's own adapter, or else the base alone, answers there"
        yield f"all of {domain}: {others} unless this one is asked for"


def _calibrated(sure: Calibration | None) -> str:
    if sure is None:
        return " | "
    return f"{sure.documents} | {'' if sure.error is None else f'{sure.error:.3f}'}"


def _unsure(recipe: Recipe) -> Iterator[str]:
    if recipe.name == GENERAL:
        yield "confidences: they are the model's own until labels of yours calibrate them"
        return
    for one in recipe.scored:
        if one.made_up:
            yield f"confidences of {one.name}: made-up labels do not tell how often a real value is right"
    scored = {(one.domain, one.record_type) for one in recipe.scored}
    for one in recipe.sources:
        if one.domain and (one.domain, one.record_type) not in scored:
            about = "it was learnt from made-up ones alone, and no score tells of real ones"
            yield f"{one.domain}/{one.record_type}: {about}"


def _bad(scores: Sequence[Score]) -> Iterator[str]:
    fields = sorted(
        (f1, f"{name} of {score.domain}/{score.record_type}: F1 {f1:.2f}")
        for score in scores
        for name, f1 in score.fields.items()
    )
    worst = [line for f1, line in fields if f1 < _BAD]
    yield from worst[:_SHOWN]
    if len(worst) > _SHOWN:
        yield f"{len(worst) - _SHOWN} more fields are below {_BAD}: see `manifest.json`"
    # A field with few values has no score of its own, but a part in the whole.
    rare = [score for score in scores if score.f1 < min([_BAD, *score.fields.values()])]
    for one in rare:
        yield f"fields of {one.domain}/{one.record_type} that few records have: F1 of all is {one.f1:.2f}"
    if fields and not worst and not rare:
        yield f"no field is below {_BAD}; the lowest is {fields[0][1]}"
    yield "documents unlike those that it was trained on: other languages, layouts and trades"


def _span(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{seconds:.0f} s" if seconds < 90 else f"{minutes // 60} h {minutes % 60:02} min"
