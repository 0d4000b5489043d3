"""How a trainer ends, as its exit code. Whoever started it tells by that what is wrong, and not by its words.

0   the adapter is written
1   a defect: Python's own
2   the run, its labels or a pack are wrong
3   the loss is not finite any more
4   something on this machine failed: a full disk, a broken adapter
5   the base is broken
130 stopped with a state from which the same command goes on
"""

from thresher.adapters.errors import ModelError, PackError, ThresherError, UsageError, takes_no_more
from thresher.adapters.training.loop import Diverged

WRONG = 2
DIVERGED = 3
FAILED = 4
NO_MODEL = 5
STOPPED = 130


def code_of(error: ThresherError) -> int:
    """The exit code that an error of a run stands for."""
    match error:
        case _ if takes_no_more(error.__cause__):
            return FAILED
        case Diverged():
            return DIVERGED
        case UsageError() | PackError():
            return WRONG
        case ModelError():
            return NO_MODEL
        case _:
            return FAILED
