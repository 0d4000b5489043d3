"""What a boolean's name and description say → which words of texts are likely to be cues of it.

Who writes a pack knows the words that a clause is made of. Of few labels they tell more than these do.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from thresher.adapters.field_words import stems
from thresher.adapters.training.cue_texts import CueTexts

#: What is one of so many words of the texts, or more, stands in any part of them: "the", "party".
_COMMON = 500


def named_cues(texts: CueTexts, says: Iterable[str]) -> NDArray[np.bool_]:
    """The words that a field `says`, in any ending, without common ones; of shape (the texts' cues,)."""
    said = {stem for one in says for stem in stems(one)}
    is_said = [" " not in cue and not said.isdisjoint(stems(cue)) for cue in texts.cues]
    numbers = np.concatenate([np.empty(0, dtype=np.int32), *texts.words])
    counts = np.bincount(numbers[numbers >= 0], minlength=len(texts.cues))
    return np.array(is_said, dtype=np.bool_) & (counts * _COMMON < len(numbers))
