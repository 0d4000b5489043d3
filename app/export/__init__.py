"""Records out: JSON lines, CSV, XLSX and Markdown, one file a format."""

from thresher.app.export.form import record_from_json, record_json

__all__ = ["record_from_json", "record_json"]
