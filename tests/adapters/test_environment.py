import sys

import pytest

from thresher.adapters import environment
from thresher.adapters.environment import install_command


def test_the_command_is_for_the_python_that_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/home/lee/my tools/bin/python")
    monkeypatch.setattr(environment, "find_spec", lambda name: name)
    assert install_command("thresher[cuda]") == (
        "'/home/lee/my tools/bin/python' -m pip install 'thresher[cuda]'"
    )


def test_where_there_is_no_pip_uv_installs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/opt/tools/thresher/bin/python")
    monkeypatch.setattr(environment, "find_spec", lambda _: None)
    assert install_command("thresher[gguf]") == (
        "uv pip install --python /opt/tools/thresher/bin/python 'thresher[gguf]'"
    )
