"""The fast BLAS, and how many threads it uses beside other work."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from thresher.adapters import blas
from thresher.adapters.free_cores import Usage

linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere MLX's own BLAS is used")


@pytest.fixture
def usage(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Usage]]:
    """What the system says at each look, the first at the start; the threads are as before at the end."""
    known = blas._threads
    if known is None:
        pytest.skip("the BLAS is not OpenBLAS")
    looks = [Usage(0.0, 0.0, 0.0)]
    monkeypatch.setattr(Usage, "now", lambda: looks[-1])
    monkeypatch.setattr(blas, "_LOOK_SECONDS", 0.0)
    count = known.count()
    known._library.openblas_set_num_threads(known.most)
    monkeypatch.setattr(blas, "_threads", blas._Threads(known._library))
    yield looks
    known._library.openblas_set_num_threads(count)


@linux
def test_threads_follow_the_free_cores(usage: list[Usage]) -> None:
    most = blas.most_threads()
    usage.append(Usage(1.0, own=0.6, idle=0.0))
    blas.fit_threads()
    assert blas.threads() == 1
    usage.append(Usage(2.0, own=1.6, idle=most - 1.0))
    blas.fit_threads()
    assert blas.threads() == most
    usage.append(Usage(3.0, own=3.6, idle=most + 63.0))
    blas.fit_threads()
    assert blas.threads() == most


@linux
def test_it_looks_once_in_a_while(usage: list[Usage], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blas, "_LOOK_SECONDS", 1e9)
    before = blas.threads()
    usage.append(Usage(1.0, own=0.1, idle=0.0))
    blas.fit_threads()
    assert blas.threads() == before


@linux
def test_a_system_that_hides_its_counters_keeps_all_threads(
    usage: list[Usage], monkeypatch: pytest.MonkeyPatch
) -> None:
    def hidden() -> Usage:
        raise PermissionError("/proc/stat")

    monkeypatch.setattr(Usage, "now", hidden)
    known = blas._threads
    assert known is not None
    before = blas.threads()
    monkeypatch.setattr(blas, "_threads", blas._Threads(known._library))
    blas.fit_threads()
    assert blas.threads() == before


@linux
def test_where_none_is_found_a_person_is_warned(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(*_: object, **__: object) -> None:
        raise OSError("cannot open shared object file")

    monkeypatch.setattr("ctypes.CDLL", absent)
    monkeypatch.setattr(blas, "find_library", lambda _: None)
    monkeypatch.setattr(blas, "_report", None)
    monkeypatch.delitem(sys.modules, "mlx.core", raising=False)
    warning = str(blas.load_fast_blas().warning)
    assert "hundred times slower" in warning
    assert "apt install libopenblas0" in warning
    assert blas.BlasReport("libopenblas.so.0", needed=True, remedy=None).warning is None


@linux
def test_what_a_user_sets_is_the_most() -> None:
    code = (
        "from thresher.adapters import blas\n"
        "blas.load_fast_blas(); blas.fit_threads(); print(blas.most_threads(), blas.threads())"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env={"OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        check=True,
        text=True,
    )
    assert run.stdout.split() == ["1", "1"]
