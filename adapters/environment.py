"""The Python environment that Thresher runs in: the command that adds a package to it.

The user's `pip` is often that of another Python, which would fetch a stranger's package of Thresher's name.
Here, what is installed answers to the name, and an extra adds what it lacks.
"""

import shlex
import sys
from importlib.util import find_spec


def install_command(requirement: str) -> str:
    """What to type to have the package, or the extra of Thresher, here: `…/python -m pip install …`."""
    python, what = shlex.quote(sys.executable), shlex.quote(requirement)
    if find_spec("pip") is None:  # uv made the environment: for itself, or for pipx
        return f"uv pip install --python {python} {what}"
    return f"{python} -m pip install {what}"
