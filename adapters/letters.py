"""Capital and small letters: a text is read in those in which an adapter has learnt others.

To a small model a report IN CAPITALS is hardly the text that it is in small letters: it has other tokens. An
adapter that has learnt the one reads the other far worse (docs/quality.md). So the text's letters are changed
before the model sees them, one for one, and each character stays where it is: what the model copies is found
in the text as it was.
"""

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

#: A text is in capitals where so many of its letters are, and has so many: of one word it says little.
_CAPITALS, _LEAST = 0.9, 10
#: What fewer of the learnt documents were is not learnt: one in twenty.
_RARE = 0.05
#: Small letters are made capitals only where so many documents were learnt: of few, that no other was among
#: them says little.
_ENOUGH = 40
_WORD = re.compile(r"[^\W_]+")

_Count = Annotated[int, Field(ge=0)]


class Letters(BaseModel):
    """How many documents of a record type were learnt, and how many of these are in capitals throughout.

    Where none was, text in capitals is read in small letters, as is most of what a base model has read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    documents: _Count = 0
    in_capitals: _Count = 0

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        """Of documents that are learnt."""
        found = [are_capitals(text) for text in texts]
        return cls(documents=len(found), in_capitals=sum(found))

    def read(self, text: str) -> str:
        """The text in letters as they were learnt, of the same length."""
        rare = _RARE * self.documents
        if are_capitals(text):
            return _changed(text, text.lower(), str.lower) if self.in_capitals <= rare else text
        only_capitals = self.documents >= _ENOUGH and self.documents - self.in_capitals <= rare
        return _changed(text, text.upper(), str.upper) if only_capitals else text


def are_capitals(text: str) -> bool:
    """Whether a text is in capitals throughout, but for some letters."""
    capitals = sum(map(str.isupper, text))
    return capitals >= _LEAST and capitals >= _CAPITALS * (capitals + sum(map(str.islower, text)))


def as_written(value: str, read: str, written: str) -> str:
    """A value of the text `read`, in the letters of `written`, which is the same text in others, one for one.

    Words that the text does not have stay as they are.
    """
    forms: dict[str, deque[str]] = defaultdict(deque)
    for word in _WORD.finditer(read):
        forms[word[0]].append(written[word.start() : word.end()])

    def form(word: re.Match[str]) -> str:
        known = forms.get(word[0])
        if not known:
            return word[0]
        return known.popleft() if len(known) > 1 else known[0]

    return _WORD.sub(form, value)


def _changed(text: str, changed: str, change: Callable[[str], str]) -> str:
    """The changed text; letter by letter where some letters become several, which then stay."""
    if len(changed) == len(text):
        return changed
    return "".join(other if len(other := change(char)) == 1 else char for char in text)
