"""A lease as a record: the day on which it ends is counted from the one on which it begins."""

from thresher.adapters.fields import Field
from thresher.app.documents.document import Document, Place, sha256_of_text
from thresher.app.record import Outcome, Record, Span, Value

TEXT = "It goes from 2019-04-01 on for three years."
FIELDS = (Field(name="begins", type="date"), Field(name="ends", type="date", counted_from=("begins",)))
_TERM = "three years"
_SPAN = Span(TEXT.index(_TERM), TEXT.index(_TERM) + len(_TERM), _TERM, "counted", Place())
DOCUMENT = Document("r1", sha256_of_text(TEXT), "record", TEXT)
LEASE = Record(
    id="r1",
    path=None,
    sha256=DOCUMENT.sha256,
    domain="any",
    record_type="record",
    model="starter",
    adapter=None,
    status="ok",
    error=None,
    values={
        "begins": Value("2019-04-01", Outcome.FOUND, 0.9),
        "ends": Value("2022-04-01", Outcome.FOUND, 0.8, (_SPAN,)),
    },
    seconds=1.0,
    kind="record",
)
