"""`pull NAME`: the starter, a name of the catalogue, or a repository OWNER/NAME[@REVISION]."""

from pathlib import Path

from thresher.adapters.base_facts import InstalledModel
from thresher.adapters.errors import ModelError, UsageError
from thresher.app.models.catalogue import catalogue, in_catalogue
from thresher.app.models.hub import pull_repository
from thresher.app.models.library import find
from thresher.app.models.progress import OnTransfer, silent
from thresher.app.models.starter import NAME as STARTER
from thresher.app.models.starter import pull_starter
from thresher.app.naming import check_name


def pull(
    models: Path,
    wanted: str,
    *,
    name: str | None = None,
    again: bool = False,
    on_transfer: OnTransfer = silent,
) -> InstalledModel:
    """Install `wanted` into `models`, as `name` where given. One that is there and whole is left as it is.

    `again` fetches it in any case. Raises UsageError for a name that is not known, else ModelError.
    """
    repository, _, revision = wanted.partition("@")
    base = in_catalogue(repository)
    if base is None and "/" not in repository:
        known = ", ".join(entry.name for entry in catalogue())
        raise UsageError(f"no model is named {wanted!r}. Known: {known}; or write a repository, OWNER/NAME.")
    target = check_name(name or (base.name if base else repository.rpartition("/")[2]), "a model")
    if (target == STARTER) != (base is not None and base.repository is None):
        raise UsageError(
            f"the name {STARTER!r} belongs to the starter alone. Leave --name out, or choose another."
        )
    if not again:
        try:
            there = find(models, target)
        except ModelError:
            pass  # not there or broken: fetched below
        else:
            _refuse_other(there, base.repository if base else repository, revision)
            return there
    if base is not None and base.repository is None:
        return pull_starter(models, on_transfer)
    source = base.repository if base and base.repository else repository
    return pull_repository(
        models, target, source, revision or (base.revision if base else "main"), on_transfer
    )


def _refuse_other(there: InstalledModel, repository: str | None, revision: str) -> None:
    """A name that stands for another model, or for another commit, is not silently taken for this one."""
    facts = there.facts
    if repository is not None and facts.source != repository:
        raise UsageError(
            f"{there.name} is installed from {facts.source}. Choose another with --name, or remove it first."
        )
    if revision and facts.kind == "hub" and facts.revision != revision:
        raise UsageError(
            f"{there.name} is installed at {facts.revision}, not {revision}. "
            "Use --again to replace it, or --name to have both."
        )
