"""An adapter as it is offered: what a screen shows of it."""

from dataclasses import dataclass

from thresher.app.registry.library import InstalledAdapter


@dataclass(frozen=True)
class Offer:
    """An adapter as it stands to a domain and a base. `problem` says why it is not used; "" where it can be.

    `adapter` is None where its folder is broken. `proof` is what the gate said of it.
    """

    name: str
    adapter: InstalledAdapter | None
    live: bool
    problem: str
    proof: str = ""

    @property
    def about(self) -> str:
        """Where it comes from and how good it is: 'trained, any domain, receipt F1 0.83'."""
        if self.adapter is None:
            return ""
        manifest = self.adapter.manifest
        parts: list[str] = ["shipped" if self.adapter.shipped else manifest.origin]
        parts += ["any domain"] if self.adapter.domain is None else []
        parts += [f"{score.record_type} F1 {score.f1:.2f}" for score in manifest.scores]
        parts += [self.proof] if self.proof else []
        return ", ".join(parts)
