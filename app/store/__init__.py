"""The SQLite database: documents, runs, records, corrections."""

from thresher.app.store.corrections import Correction
from thresher.app.store.records import StoredRecord
from thresher.app.store.runs import RunSummary
from thresher.app.store.store import Store

__all__ = ["Correction", "RunSummary", "Store", "StoredRecord"]
