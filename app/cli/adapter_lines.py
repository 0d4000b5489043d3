"""An adapter as a person reads it, and as JSON."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from thresher.app.wording import counted, took

if TYPE_CHECKING:
    from thresher.adapters.manifest import Manifest, Score
    from thresher.app.registry.overview import Standing
    from thresher.app.store.live_adapters import Promotion
    from thresher.app.store.verdicts import StoredVerdict


def as_dict(standing: "Standing") -> dict[str, Any]:
    """What `list --json` tells of an adapter."""
    adapter, manifest = standing.adapter, standing.adapter.manifest
    return {
        "name": adapter.name,
        "domain": adapter.domain,
        "base": manifest.base.name,
        "fingerprint": manifest.base.fingerprint,
        "model": standing.model.name if standing.model else None,
        "origin": manifest.origin,
        "shipped": adapter.shipped,
        "made": manifest.made.isoformat(),
        "size": adapter.size,
        "weights": manifest.weights,
        "parent": manifest.parent,
        "scores": [score.model_dump(mode="json") for score in manifest.scores],
        "proof": standing.proof,
        "live": list(standing.live),
        "problems": [each._asdict() for each in standing.wrong],
    }


def list_lines(standings: "Sequence[Standing]", broken: Mapping[str, str]) -> Iterator[str]:
    """A line an adapter, and one more where it is not used."""
    if not standings and not broken:
        yield "There is no adapter: `thresher adapters import` brings one in. The base model answers alone."
        return
    width = max([len(each.adapter.name) for each in standings] + [len(name) for name in broken])
    for each in standings:
        adapter, base = each.adapter, each.adapter.manifest.base.name
        scores = ", ".join(f"{s.record_type} {s.f1:.2f}" for s in adapter.manifest.scores)
        told = f"{adapter.domain or 'any domain':14} {base:14} {scores or each.proof or 'no score'}"
        live = f"  <- live{_for(each)}" if each.live else ""
        yield f"{adapter.name:{width}}  {told}{live}"
        for wrong in each.wrong:
            yield f"{'':{width}}  not used: {wrong}"
    for name, problem in broken.items():
        yield f"{name:{width}}  BROKEN: {problem}"


def adapter_lines(
    standing: "Standing",
    shape: Mapping[str, float],
    names: Mapping[str, str],
    promotions: "Sequence[Promotion]",
    verdicts: "Sequence[StoredVerdict]" = (),
) -> Iterator[str]:
    """All about an adapter. `names` are those of adapters by the hash of their matrices."""
    adapter, manifest = standing.adapter, standing.adapter.manifest
    yield f"{adapter.name}: for {adapter.domain or 'any domain'}, {manifest.origin} {manifest.made:%Y-%m-%d}"
    base, pack = manifest.base, manifest.pack
    here = f"installed as {standing.model.name}" if standing.model else "not installed"
    kind = base.architecture
    yield f"  base       {base.name} ({base.fingerprint[:12]}, {kind}), {here}"
    if pack:
        types = f": {', '.join(pack.record_types)}" if pack.record_types else ""
        yield f"  pack       {pack.domain} ({pack.hash[:12]}){types}"
    yield (
        f"  matrices   {counted(int(shape['layers']), 'layer')}, rank {shape['rank']}, alpha "
        f"{shape['alpha']:g}, {shape['parameters']:,} numbers, {adapter.size / 1e6:.1f} MB "
        f"({manifest.weights[:12]})"
    )
    if manifest.parent:
        parent = names.get(manifest.parent, "not here")
        yield f"  parent     {parent} ({manifest.parent[:12]})"
    yield from _made(manifest)
    for score in manifest.scores:
        yield from _score_lines(score)
    for judged in verdicts:
        yield from _verdict_lines(judged)
    yield f"  folder     {adapter.folder}"
    for each in promotions:
        until = f" to {each.ended.astimezone():%Y-%m-%d %H:%M}" if each.ended else ""
        yield f"  promoted   for {each.domain}: {each.made.astimezone():%Y-%m-%d %H:%M}{until}"
    if standing.live:
        yield f"  live{_for(standing)}"
    for wrong in standing.wrong:
        yield f"  not used:  {wrong}"


def _made(manifest: "Manifest") -> Iterator[str]:
    """How, and from what."""
    if recipe := manifest.recipe:
        yield (
            f"  recipe     {recipe.trainer}, {counted(recipe.steps, 'step')} in {took(recipe.seconds)}, "
            f"rate {recipe.learning_rate:g}"
        )
    if data := manifest.data:
        licence = f", {data.licence}" if data.licence else ""
        yield (
            f"  labels     {counted(data.train, 'label')}, {data.validation} to validate, {data.proof} to "
            f"prove ({data.fingerprint[:12]}){licence}"
        )
    for name, cues in manifest.cues.items():
        yield f"  cues       of {counted(len(cues), 'field')} of {name}"
    for name, letters in manifest.letters.items():
        if letters.in_capitals:
            yield f"  capitals   {letters.in_capitals} of {counted(letters.documents, 'document')} of {name}"
    if source := manifest.source:
        yield f"  source     {source.format}{f', made for {source.base}' if source.base else ''}"
        for note in source.notes:
            yield f"             {note}"


def verdict_dict(judged: "StoredVerdict") -> dict[str, Any]:
    """What the gate said, for `inspect --json`."""
    made = judged.made and judged.made.isoformat()
    of = {"domain": judged.domain, "record_type": judged.record_type, "base": judged.base, "made": made}
    return of | dict(judged.told)


def _verdict_lines(judged: "StoredVerdict") -> Iterator[str]:
    told = judged.told
    when = f"{judged.made.astimezone():%Y-%m-%d %H:%M}" if judged.made else ""
    between = f" ({told['interval'][0]:+.3f} to {told['interval'][1]:+.3f})" if told["interval"] else ""
    figures = (
        "" if told["difference"] is None else f", F1 {told['f1']:.3f}, {told['difference']:+.3f}{between}"
    )
    yield (
        f"  proof      {judged.domain}/{judged.record_type}, beside {told['against'] or 'the base alone'} on "
        f"{counted(told['documents'], 'document')}: {judged.outcome}{figures}, {when}"
    )
    for reason in told["reasons"]:
        yield f"             {reason}"


def _score_lines(score: "Score") -> Iterator[str]:
    yield (
        f"  score      {score.domain}/{score.record_type}: F1 {score.f1:.3f}, every field right in "
        f"{score.all_right:.1%} of {counted(score.records, 'record')}"
    )
    for name, f1 in score.fields.items():
        yield f"             {name} {f1:.3f}"


def _for(standing: "Standing") -> str:
    """The record types that it answers for, unless those are all that it was made for."""
    pack = standing.adapter.manifest.pack
    if pack is None:
        return f" for {', '.join(standing.live)}"
    types = [live.removeprefix(f"{pack.domain}/") for live in standing.live]
    return f" for {', '.join(types)}" if pack.record_types and set(types) != set(pack.record_types) else ""
