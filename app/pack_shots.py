"""A pack's examples, as they are shown before a document where an adapter was taught to read such."""

from thresher.adapters.answer import render_answer
from thresher.adapters.errors import DocumentError, PackError
from thresher.adapters.pack import RecordType
from thresher.adapters.shots import Shot, that_fit
from thresher.app.documents.read import bytes_of_file, kind_of, read_bytes

#: What may have to be read by OCR: a prompt is not worth that.
_NOT_READ = ("pdf", "image")


def pack_shots(asked: RecordType) -> tuple[Shot, ...]:
    """The record type's examples that are short, in order, each with its own fields.

    Raises PackError, naming the file, where an example or its gold is broken.
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
        shots.append(Shot(text.strip(), render_answer(example.fields, example.output)))
    return that_fit(shots)
