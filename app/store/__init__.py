"""The SQLite database: documents, runs, records, corrections."""

from thresher.app.store.records import StoredRecord
from thresher.app.store.runs import RunSummary
from thresher.app.store.store import Store

__all__ = ["RunSummary", "Store", "StoredRecord"]
