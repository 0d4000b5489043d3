"""From a document to the engine's requests, and from its answers to what each window says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from thresher.adapters.answer import parse_answer
from thresher.adapters.cues import Cues
from thresher.adapters.fields import Field, left_to_model
from thresher.adapters.letters import Letters
from thresher.adapters.shots import Shot, beside
from thresher.adapters.window_choice import best_windows
from thresher.adapters.window_prompts import WindowPrompt, WindowPrompts
from thresher.adapters.windows import Window
from thresher.app.engine.field_labels import FieldLabels
from thresher.app.engine.labelled_values import answered, labelled_values
from thresher.app.engine.named_choices import named_choices
from thresher.app.engine.preferred import Preferred
from thresher.app.engine.request import Answer, Request
from thresher.app.extraction.described_cues import described_cues
from thresher.app.extraction.signals import Sureness
from thresher.app.extraction.window_answer import WindowAnswer
from thresher.app.record import Windows


@dataclass(frozen=True)
class WindowKey:
    """Which window of which document a request asks about."""

    document: int
    window: int


@dataclass(frozen=True)
class Asked:
    """The windows of a document that are asked, for which fields, a request for each, and how many there are.

    `text` is the document's, in the letters in which it is read. The other fields are booleans whose `cues`
    tell them, by field; so they may tell of a date that is asked. `learnt`: the adapter that is asked has
    learnt the record type.
    """

    text: str
    windows: Sequence[Window]
    fields: Sequence[Field]
    requests: Sequence[Request]
    count: Windows
    cues: Mapping[str, Cues] = field(default_factory=dict)
    learnt: bool = True


@dataclass(frozen=True)
class Asker:
    """Turns documents into requests for one record type.

    `adapter` is the key of a resident adapter; None asks the base model itself. Of a document in more than
    `most_windows`, those are asked that fit the fields best; None asks all. `shots` are shown before each
    document but themselves. `names_decide`: what a document says by the names of fields and of choices goes
    first. `learnt`: the adapter has learnt the record type, and so how its labels punctuate; any other
    answers with the document's own punctuation, since its guesses at another were measured to be worse
    (docs/experiments.md), and of a long document the words of a boolean tell it. `cues` are the adapter's, of
    this type's booleans, which are not asked of the model (another field of the same name is), of dates, and
    of texts, whose windows they choose. `letters` are those in which the adapter has learnt this type's
    documents; None leaves a document's as they are.
    """

    prompts: WindowPrompts
    instructions: str
    adapter: str | None = None
    most_windows: int | None = None
    shots: Sequence[Shot] = ()
    names_decide: bool = False
    learnt: bool = False
    cues: Mapping[Field, Cues] = field(default_factory=dict)
    letters: Letters | None = None

    def ask(self, number: int, text: str, fields: Sequence[Field]) -> Asked:
        """What to ask about document `number`.

        Raises ModelError where the fields leave no room for the document in the model's context.
        """
        text = self.letters.read(text) if self.letters else text
        cues = self._cues(text, fields)
        left = left_to_model(fields, cues)
        if not left:
            return Asked(text, (), (), (), Windows(0, 0), cues, self.learnt)
        prompts = self.prompts.of(text, self.instructions, left, beside(self.shots, text))
        chosen = best_windows([one.text for one in prompts], left, self.most_windows, cues)
        asked = [prompts[at] for at in chosen]
        written = left if self.learnt else tuple(one.verbatim() for one in left)
        requests = [
            Request(
                key=WindowKey(number, at),
                tokens=one.tokens,
                shared=one.shared,
                fields=written,
                text=one.text,
                conventions=one.conventions,
                answer_tokens=self.prompts.sizes.answer_tokens,
                adapter=self.adapter,
                preferred=preferred,
            )
            for at, (one, preferred) in enumerate(zip(asked, self._preferred(asked, text, left), strict=True))
        ]
        count = Windows(len(asked), len(prompts))
        return Asked(text, [one.window for one in asked], left, requests, count, cues, self.learnt)

    def _cues(self, text: str, fields: Sequence[Field]) -> dict[str, Cues]:
        """Those of the adapter, and those that booleans say themselves where it has not learnt them."""
        cues = {one.name: self.cues[one] for one in fields if one in self.cues}
        if self.learnt or self.adapter is None:
            return cues
        if described := described_cues(fields, text):
            # A yes or a no behind a label says more.
            by_label = answered(fields, FieldLabels(fields), text)
            described = {name: each for name, each in described.items() if name not in by_label}
        return described | cues

    def _preferred(
        self, asked: Sequence[WindowPrompt], text: str, fields: Sequence[Field]
    ) -> list[tuple[Preferred, ...]]:
        """What the document says by names, for each window that is asked."""
        if not self.names_decide:
            return [()] * len(asked)
        labels = FieldLabels(fields)
        choices = named_choices(fields, labels, text)
        return [(*choices, *labelled_values(fields, labels, one.text, one.conventions)) for one in asked]


def heard(window: Window, fields: Sequence[Field], answer: Answer) -> WindowAnswer:
    """What the answer says of its window, and how sure the model was of each value's tokens."""
    parsed = parse_answer(fields, answer.text)
    sureness = {
        name: [_sureness(answer, start, end) for start, end in ranges]
        for name, ranges in parsed.ranges.items()
    }
    return WindowAnswer(window, parsed.values, sureness, cut=parsed.cut, failed=False)


def _sureness(answer: Answer, start: int, end: int) -> Sureness:
    """Of the sampled tokens that share a character with [start, end)."""
    scores = [score for first, last, score in answer.pieces if first < end and last > start]
    return Sureness(sum(scores), min(scores, default=0.0), len(scores))
