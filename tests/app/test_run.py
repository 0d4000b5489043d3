"""What a run states of a document that was corrected before."""

from thresher.adapters.fields import Field
from thresher.app.events import RecordReady
from thresher.app.locations import Locations
from thresher.app.record import Record
from thresher.app.session import Session
from thresher.app.sources import Source

SOURCE = Source("invoice", text="Invoice 7 from ACME Ltd., to be paid by 7 May")


def test_a_correction_stands_in_every_later_run_but_one_that_is_scored(home_with_tiny: Locations) -> None:
    with Session(home_with_tiny) as session:
        task = session.task(None, fields=[Field(name="who", type="string")])

        def record(again: bool, corrected: bool = True) -> tuple[Record, Record]:
            """As it was told, and as it is stored."""
            events = session.extract([SOURCE], task, again=again, corrected=corrected)
            (told,) = [event.record for event in events if isinstance(event, RecordReady)]
            stored = session.store.records(session.store.runs(1)[0].id)[0]
            return told, stored.record

        said, _ = record(again=False)
        (number,) = [one.id for one in session.store.records(session.store.runs(1)[0].id)]
        session.store.correct(number, "who", "Ann Lee")
        for again in (False, True, False):
            told, stored = record(again)
            assert (told.values["who"].value, told.values["who"].confidence) == ("Ann Lee", 1.0)
            assert told.values == stored.values
        for again in (False, True):
            told, stored = record(again, corrected=False)
            assert told.values["who"].value == said.values["who"].value != "Ann Lee"
            assert stored.values["who"].value == "Ann Lee"
