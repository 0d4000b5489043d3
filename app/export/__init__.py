"""Records out: JSON lines, CSV, XLSX and Markdown, one file a format."""

from thresher.app.export.form import record_json
from thresher.app.export.writer import Format, Writer, open_writer

__all__ = ["Format", "Writer", "open_writer", "record_json"]
