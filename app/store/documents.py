"""Documents in the database: each reading of a file's bytes once. Knows nothing of records' values."""

import hashlib
import json
import sqlite3
import zlib
from pathlib import Path
from typing import Any

from thresher.adapters.training.split import document_keys
from thresher.app.documents.document import Document, Region, sha256_of_text
from thresher.app.store import trainings
from thresher.app.store.clock import now
from thresher.app.store.database import from_sql, to_sql


def keep(connection: sqlite3.Connection, document: Document) -> int:
    """The row of this reading, new or there already; name and path are the latest."""
    regions = _pack(document.regions)
    reading = hashlib.sha256(
        b"\0".join((document.kind.encode(), document.text.encode("utf-8", "surrogatepass"), regions))
    ).hexdigest()
    row = connection.execute(
        """INSERT INTO documents
            (sha256, reading, name, path, kind, text, regions, pages, ocr_pages, notes, added)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (sha256, reading) DO UPDATE SET
            name = excluded.name, path = excluded.path, pages = excluded.pages,
            ocr_pages = excluded.ocr_pages, notes = excluded.notes
        RETURNING id""",
        (
            document.sha256,
            reading,
            to_sql(document.name),
            to_sql(None if document.path is None else str(document.path)),
            document.kind,
            to_sql(document.text),
            zlib.compress(regions, 6),
            document.pages,
            document.ocr_pages,
            to_sql(json.dumps(document.notes, ensure_ascii=False)),
            now(),
        ),
    ).fetchone()
    return int(row["id"])


def keys(connection: sqlite3.Connection, sha256: str) -> frozenset[str]:
    """The keys (see `document_keys`) of each reading of these bytes."""
    return frozenset(key for text in _texts(connection, sha256) for key in document_keys(text))


def copies(connection: sqlite3.Connection, sha256: str) -> frozenset[str]:
    """These bytes, and the readings of them that were asked as mere texts: a proof on corrections does so."""
    return frozenset({sha256, *map(sha256_of_text, _texts(connection, sha256))})


def text_of(connection: sqlite3.Connection, record: int) -> str:
    """The text that a record was made from; "" where none is kept."""
    row = connection.execute(
        "SELECT text FROM documents d JOIN records r ON r.document = d.id WHERE r.id = ?", (record,)
    ).fetchone()
    return "" if row is None else from_sql(row["text"])


def of_record(connection: sqlite3.Connection, record: int) -> Document | None:
    """The reading that a record's spans count characters of."""
    row = connection.execute(
        "SELECT d.* FROM documents d JOIN records r ON r.document = d.id WHERE r.id = ?", (record,)
    ).fetchone()
    return None if row is None else _document(row)


def forget(connection: sqlite3.Connection, sha256: str) -> bool:
    """Delete the text, records, corrections, labels and keys of these bytes. Whether there was anything."""
    trainings.forget(connection, keys(connection, sha256))
    # Values and corrections go with their record.
    gone = connection.execute(
        """DELETE FROM records
        WHERE sha256 = :sha256 OR document IN (SELECT id FROM documents WHERE sha256 = :sha256)""",
        {"sha256": sha256},
    ).rowcount
    for table in ("labels", "documents"):
        gone += connection.execute(f"DELETE FROM {table} WHERE sha256 = ?", (sha256,)).rowcount
    return gone > 0


def _texts(connection: sqlite3.Connection, sha256: str) -> list[str]:
    rows = connection.execute("SELECT text FROM documents WHERE sha256 = ?", (sha256,))
    return [from_sql(row["text"]) for row in rows]


def _document(row: sqlite3.Row) -> Document:
    return Document(
        name=from_sql(row["name"]),
        sha256=row["sha256"],
        kind=row["kind"],
        text=from_sql(row["text"]),
        path=None if row["path"] is None else Path(from_sql(row["path"])),
        regions=_unpack(row["regions"]),
        pages=row["pages"],
        ocr_pages=row["ocr_pages"],
        notes=tuple(json.loads(from_sql(row["notes"]))),
    )


def _pack(regions: Any) -> bytes:
    rows = [(r.start, r.end, r.page, r.box, r.sheet, r.cell, r.part, r.confidence) for r in regions]
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def _unpack(packed: bytes) -> tuple[Region, ...]:
    rows = json.loads(zlib.decompress(packed).decode("utf-8", "surrogatepass"))
    return tuple(
        Region(start, end, page, None if box is None else tuple(box), sheet, cell, part, confidence)
        for start, end, page, box, sheet, cell, part, confidence in rows
    )
