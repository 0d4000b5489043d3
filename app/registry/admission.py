"""Who may become live: what the gate said, and whether it still holds. Knows no rule of the gate's.

What was trained here must have passed beside what is live now. What comes from elsewhere need not have been
proved, but may not have failed.
"""

from collections.abc import Sequence

from thresher.adapters.base_facts import InstalledModel
from thresher.app.registry.library import InstalledAdapter
from thresher.app.store.verdicts import StoredVerdict


def newest(verdicts: Sequence[StoredVerdict], domain: str, model: InstalledModel) -> list[StoredVerdict]:
    """Of an adapter's verdicts, the newest first: the last one for each record type of the domain."""
    found: dict[str, StoredVerdict] = {}
    for each in verdicts:
        if (each.domain, each.base) == (domain, model.fingerprint):
            found.setdefault(each.record_type, each)
    return list(found.values())


def standing(
    verdicts: Sequence[StoredVerdict],
    domain: str,
    record_type: str,
    model: InstalledModel,
    live: InstalledAdapter | None,
) -> StoredVerdict | None:
    """The one that holds: the newest, which comes first, beside what is live now, None being the base."""
    wanted = domain, record_type, model.fingerprint, live.fingerprint if live else None
    return next((v for v in verdicts if (v.domain, v.record_type, v.base, v.against) == wanted), None)


def kept_out(judged: StoredVerdict | None, trained_here: bool, other: str) -> str:
    """Why an adapter with this verdict may not take the place of `other`; "" where it may."""
    if judged and judged.outcome == "fails":
        return f"it failed the gate beside {other}: {_reasons(judged)}"
    if not trained_here:
        return ""
    if judged is None:
        return f"it was not proved beside {other}, which is live"
    return "" if judged.outcome == "passes" else f"it is not proved beside {other}: {_reasons(judged)}"


def told(verdicts: Sequence[StoredVerdict], trained_here: bool) -> str:
    """Verdicts in a few words: 'receipt passes the gate beside the base alone, F1 0.81'."""
    if not verdicts:
        return "not proved" if trained_here else ""
    words = {"passes": "passes the gate", "fails": "fails the gate", "unproved": "is not proved"}
    said = []
    for each in verdicts:
        f1 = each.told["f1"]
        score = "" if f1 is None else f", F1 {f1:.2f}"
        beside = each.told["against"] or "the base alone"
        said.append(f"{each.record_type} {words[each.outcome]} beside {beside}{score}")
    return ", ".join(said)


def _reasons(judged: StoredVerdict) -> str:
    return "; ".join(judged.told["reasons"])
