"""The adapters of a user and those that ship: which there are, which fit, which is live."""

from thresher.app.registry.library import NONE, InstalledAdapter
from thresher.app.registry.registry import Offer, Registry

__all__ = ["NONE", "InstalledAdapter", "Offer", "Registry"]
