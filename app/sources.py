"""What to read: files, folders, globs, and lines of a JSON-lines file."""

import glob
import hashlib
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from thresher.adapters.errors import UsageError
from thresher.adapters.fields import Field, parse_fields
from thresher.adapters.json_lines import Line, json_lines
from thresher.app.documents.document import Document, sha256_of_text
from thresher.app.documents.errors import EmptyDocumentError, MissingDocumentError
from thresher.app.documents.formats import READ_ENDINGS
from thresher.app.documents.limits import Limits
from thresher.app.documents.read import bytes_of_file, kind_of, read_document
from thresher.app.export.target import partial_of
from thresher.app.paths import exists, expanded, is_folder, is_left_by_office, working_folder

#: Keys of a record's line that mean nothing to reading, and are common beside those that do.
_TOLERATED = {"output", "file", "tag", "instruction"}
_KEYS = {"id", "input", "fields"}


@dataclass(frozen=True)
class Source:
    """One document to come: a file (`path`), or a text that is already there (`text`)."""

    id: str
    path: Path | None = None
    text: str | None = None
    fields: tuple[Field, ...] | None = None  # where they differ from record to record


@dataclass(frozen=True)
class Expansion:
    """What some paths stand for. `skipped` counts the files that are left out as no document: those in
    folders whose ending is none that is read, and lock files that were named. `links` counts the folders that
    are left out, being links in folders. `output` is whether it was among them.
    """

    sources: tuple[Source, ...]
    skipped: int = 0
    links: int = 0
    output: bool = False

    def __iter__(self) -> Iterator[Source]:
        return iter(self.sources)


def expand_paths(
    paths: Sequence[str], output: Path | None = None, between: Callable[[], None] = lambda: None
) -> Expansion:
    """The files that paths, folders and globs stand for, in the order given, each once.

    A folder is searched through, sorted, without hidden files and folders, and without links to folders,
    which may lead anywhere, unless they are given; a file that is named is taken
    whatever its ending, but for Office's lock files. A path that is not there, or a glob that matches
    nothing, stays a source: reading it raises MissingDocumentError, so that it is told among the documents
    that failed and the rest are done. So does a folder that cannot be opened. The file
    `output` that records are to go to, and what there is of it from before, is left out. `between` is called
    between two files: what it raises ends the search.
    A source's id is its path as given, with forward slashes.
    """
    sources: dict[Path, Source] = {}
    skipped: set[Path] = set()
    searched: set[Path] = set()
    links: set[Path] = set()

    def take(path: Path) -> None:
        sources.setdefault(_identity(path), Source(path.as_posix(), path=path))

    # A folder, or the shell's `*`, brings what the last run wrote there.
    whole = _identity(output) if output else None
    written = {whole, partial_of(whole)} if whole else set()

    def cannot_open(error: OSError) -> None:
        take(Path(error.filename))

    for given in paths:
        between()
        as_given = expanded(Path(given))
        for path in [as_given] if exists(as_given) else _matches(given, between) or [as_given]:
            if not is_folder(path):
                if is_left_by_office(path) and exists(path):  # the shell's `*` brings them
                    skipped.add(_identity(path))
                else:
                    take(path)
                continue
            searched.add(_identity(path))
            for inner in _files_in(path, cannot_open, between):
                if is_folder(inner):
                    links.add(_identity(inner))
                elif inner.suffix.lower() in READ_ENDINGS:
                    take(inner)
                else:
                    skipped.add(_identity(inner))
    brought = [source for path, source in sources.items() if path not in written]
    return Expansion(
        tuple(brought),
        skipped=len(skipped - sources.keys() - written),
        links=len(links - searched),
        output=len(brought) < len(sources),
    )


def _identity(path: Path) -> Path:
    """One name a file, however it is reached."""
    try:
        return path.resolve()
    except (OSError, RuntimeError, ValueError):  # a link that leads to itself, a name that cannot be
        return working_folder() / path


def _matches(pattern: str, between: Callable[[], None]) -> list[Path]:
    """What a glob stands for where the shell did not expand it; `**` goes through folders."""
    if not glob.has_magic(pattern):
        return []
    found = []
    try:
        for match in glob.iglob(os.path.expanduser(pattern), recursive=True):  # noqa: PTH111, PTH207
            between()
            found.append(match)
    except (OSError, ValueError, re.error):
        return []
    return [Path(match) for match in sorted(found)]


def _files_in(
    folder: Path, cannot_open: Callable[[OSError], None], between: Callable[[], None]
) -> Iterator[Path]:
    """The files below a folder, and the links to folders, which are not followed; hidden ones left out."""
    for root, folders, files in os.walk(folder, onerror=cannot_open):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        between()
        # os.path, which says no of what may not be looked at: the walk then cannot open it, and that is told.
        yield from (path for name in folders if os.path.islink(path := Path(root, name)))  # noqa: PTH114
        for name in sorted(files):
            between()
            path = Path(root, name)
            if not name.startswith(".") and not is_left_by_office(path):
                yield path


def read_records(path: Path, places: dict[str, str] | None = None, prefix: str = "") -> list[Source]:
    """The texts of a JSON-lines file: `{"id", "input", "fields"?}` a line, blank lines left out.

    `output`, `file`, `tag` and `instruction` may stand beside these. An id that is missing is the line's
    number with `prefix`. `places` says of each id of the batch so far where it is; those of the file are
    added. Raises MissingDocumentError, or UsageError that names the file and the line.
    """
    try:
        lines = json_lines(path)
    except OSError as error:
        raise MissingDocumentError(
            f"{path}: cannot be read ({error.strerror or error}). Check the path given to --records."
        ) from error
    places = {} if places is None else places
    sources = []
    for line in lines:
        source = _record(line, f"{prefix}{line.number}")
        if source.id in places:
            raise UsageError(
                f"{line.where}: the id {source.id!r} is {places[source.id]} too. "
                "Give each record an id of its own."
            )
        places[source.id] = f"on line {line.number} of {path}"
        sources.append(source)
    if not sources:
        raise UsageError(f'{path}: holds no record. Write one {{"id": …, "input": …}} a line.')
    return sources


def _record(line: Line, default_id: str) -> Source:
    where = line.where
    form = 'a record is {"id": …, "input": …, "fields"?: […]} on one line'
    try:
        raw = line.parsed()
    except ValueError as error:
        raise UsageError(f"{where}: {error}; {form}.") from error
    if not isinstance(raw, dict):
        raise UsageError(f"{where}: is no JSON object; {form}.")
    if unknown := sorted(raw.keys() - _KEYS - _TOLERATED):
        raise UsageError(f"{where}: the key {unknown[0]!r} is not known; {form}.")
    if not isinstance(raw.get("input"), str):
        raise UsageError(f"{where}: 'input' must be the document's text; {form}.")
    id_ = raw.get("id", default_id)
    if isinstance(id_, int) and not isinstance(id_, bool):
        id_ = str(id_)
    if not isinstance(id_, str) or not id_:
        raise UsageError(f"{where}: 'id' must be a string that is not empty; {form}.")
    fields = None if raw.get("fields") is None else parse_fields(raw["fields"], where)
    return Source(id_, text=raw["input"], fields=fields)


def document_of(source: Source, *, limits: Limits = Limits()) -> Document:  # noqa: B008 (frozen)
    """The document of a source: read from its file, or made of its text as it stands.

    Raises DocumentError.
    """
    if source.path is not None:
        if is_folder(source.path):  # one that opens stands for its files
            raise MissingDocumentError(
                f"{source.path}: the folder cannot be opened. Check its rights, or leave it out."
            )
        return read_document(source.path, limits=limits)
    text = source.text or ""
    if not text.strip():
        raise EmptyDocumentError(f"{source.id}: its 'input' holds no text. Leave the record out or fill it.")
    sha256, kind = identity_of(source)
    return Document(name=source.id, sha256=sha256, kind=kind, text=text)


def identity_of(source: Source) -> tuple[str, str]:
    """The hash of a source's bytes and the kind of its document, both without reading it.

    Raises DocumentError where it has none.
    """
    if source.path is not None:
        data = bytes_of_file(source.path)
        return hashlib.sha256(data).hexdigest(), kind_of(data, source.path.name)
    return sha256_of_text(source.text or ""), "record"
