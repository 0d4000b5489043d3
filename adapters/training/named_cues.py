"""What a boolean's name and description say → which words of texts are likely to be cues of it.

Who writes a pack knows the words that a clause is made of. Of few labels they tell more than these do.
"""

from collections.abc import Set

import numpy as np
from numpy.typing import NDArray

from thresher.adapters.field_words import stems
from thresher.adapters.training.cue_texts import CueTexts

#: What is one of so many words of the texts, or more, stands in any part of them: "the", "party".
_COMMON = 500


def named_cues(texts: CueTexts, said: Set[str]) -> NDArray[np.bool_]:
    """The words, in any ending, whose stems a field has `said`, without common ones; of shape (cues,)."""
    is_said = np.array([not said.isdisjoint(stems(cue)) for cue in texts.cues], dtype=np.bool_)
    numbers = np.concatenate([np.empty(0, dtype=np.int32), *texts.words])
    # Pairs of words are not counted.
    counts = np.bincount(numbers[numbers >= 0], minlength=len(texts.cues))
    return np.asarray(is_said & (counts > 0) & (counts * _COMMON < len(numbers)))
