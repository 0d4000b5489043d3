"""A pack's examples, as they are shown before a document where an adapter was taught to read such."""

from typing import Any

from thresher.adapters.answer import render_answer
from thresher.adapters.errors import DocumentError, PackError
from thresher.adapters.letters import Letters, as_written
from thresher.adapters.pack import RecordType
from thresher.adapters.shots import Shot, that_fit
from thresher.app.documents.read import bytes_of_file, kind_of, read_bytes

#: What may have to be read by OCR: a prompt is not worth that.
_NOT_READ = ("pdf", "image")


def pack_shots(asked: RecordType, letters: Letters | None = None) -> tuple[Shot, ...]:
    """The record type's examples that are short, in order, each with its own fields.

    They are in the `letters` in which their document would be read; None leaves them as they are. Raises
    PackError, naming the file, where an example or its gold is broken.
    """
    shots = []
    for example in asked.examples():
        try:
            data = bytes_of_file(example.path)
            if kind_of(data, example.path.name) in _NOT_READ:
                continue
            text = read_bytes(data, example.path.name, path=example.path).text
        except DocumentError as error:
            raise PackError(f"{example.path}: {error}") from error
        read = letters.read(text) if letters else text
        quoted = {field.name for field in example.fields if field.is_quoted}
        output = {
            name: _in_letters(said, text, read) if name in quoted else said
            for name, said in example.output.items()
        }
        shots.append(Shot(read.strip(), render_answer(example.fields, output)))
    return that_fit(shots)


def _in_letters(said: Any, written: str, read: str) -> Any:
    """A value, or each item of a list, in the letters in which the document's text is read."""
    if isinstance(said, list):
        return [_in_letters(item, written, read) for item in said]
    return as_written(said, written, read) if isinstance(said, str) else said
