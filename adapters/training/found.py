"""What was found in the labels of a run: how many are for what, duplicates, leaks, what cannot be taught."""

from collections.abc import Iterator

from thresher.adapters.training.examples import Examples
from thresher.adapters.training.read_sets import ReadSet
from thresher.adapters.training.split import Split

#: So many values that break their field's type are told each, the rest by their number.
_SHOWN = 5


def found_in(one: ReadSet, train: Examples, validation: Examples, several: bool) -> Iterator[str]:
    """The lines; of `several` sets each begins with its name."""
    sides = one.sides
    name = f"{one.name}: " if several else ""
    shown = f", shown {one.repeat * len(sides.train)} times" if one.repeat > 1 else ""
    yield (
        f"{name}{len(sides.train)} labels to train on{shown} ({len(train.examples)} windows, "
        f"{train.tokens:,} tokens), {len(sides.validation)} held back to validate on, "
        f"{len(sides.proof)} for the proof"
    )
    labels = (*sides.train, *sides.validation, *sides.proof)
    if unasked := sum(label.unasked is not None for label in labels):
        own = "labels bring an instruction of their own"
        yield f"{name}{unasked} {own}: the record type's is asked in its place"
    yield from (f"{name}{line}" for line in labelled_twice(sides))
    for dropped, held in sides.leaks:
        same = f"the same document or group as {held}, which is held back"
        yield f"{name}{dropped}: {same}: left out of training"
    for examples in (train, validation):
        for label, reason in dict(examples.refused).items():
            yield f"{name}{label}: left out: {reason}"
    lost = train.unplaced + validation.unplaced
    if lost:
        values = train.values + validation.values
        worst = ", ".join(f"{field} {count}" for field, count in lost.most_common(5))
        yield f"{name}{sum(lost.values())} of {values} values stand nowhere in their documents ({worst})"
        stated = {f.name for label in sides.train for f in label.fields if f.is_stated}
        if told := [field for field, _ in lost.most_common() if field in stated]:
            fields = ", ".join(told[:_SHOWN])
            yield f"{name}if documents need not write these out, make the fields `derived`: {fields}"
    for field, count in (train.punctuated + validation.punctuated).most_common(_SHOWN):
        other = f"{count} values have other punctuation than their documents, or digits for a word"
        yield f"{name}{field}: {other}; if records shall have it so, make the field `derived`"
    for each in one.unfit[:_SHOWN]:
        yield f"{name}{each}: not taught"
    if (more := len(one.unfit) - _SHOWN) > 0:
        yield f"{name}… and {more} more values that break their field's type are not taught"


def labelled_twice(sides: Split) -> Iterator[str]:
    """The lines on documents that have more than one label."""
    for earlier, last in sides.duplicates:
        yield f"{earlier}: the same document as {last}: both are taken as one label"
    for earlier, later, disputed in sides.conflicts:
        yield f"{earlier} and {later}: give {disputed!r} different values for one document"
