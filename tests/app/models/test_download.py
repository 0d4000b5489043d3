"""Downloads resume, are checked, and say what is wrong. The server is real, on the loopback."""

import errno
import os
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from thresher.adapters.errors import ModelError
from thresher.app.models import download
from thresher.app.models.download import RefusedError, fetch

CONTENT = bytes(range(256)) * 4000
DIGEST = sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses that would have been made."""
    made: list[float] = []
    monkeypatch.setattr(download, "_pause", made.append)
    return made


def test_a_file_comes_whole_with_its_digest(server: Any, tmp_path: Path) -> None:
    server.files["/a"] = CONTENT
    told: list[tuple[int, int | None]] = []
    digest = fetch(f"{server.url}/a", tmp_path / "a", on_progress=lambda *t: told.append(t))
    assert digest == DIGEST
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert told[-2] == (len(CONTENT), len(CONTENT))
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_break_is_mended_in_the_same_call(server: Any, tmp_path: Path) -> None:
    server.files["/a"] = CONTENT
    server.break_after = [300_000, 300_000]
    fetch(f"{server.url}/a", tmp_path / "a", sha256=DIGEST, size=len(CONTENT))
    assert (tmp_path / "a").read_bytes() == CONTENT
    assert server.sent == len(CONTENT)  # no byte came twice
    assert [r[2] for r in server.requests] == [None, "bytes=300000-", "bytes=600000-"]


def test_a_second_call_resumes(server: Any, tmp_path: Path) -> None:
    server.files["/a"] = CONTENT
    server.break_after = [300_000, 0, 0, 0, 0, 0, 0]
    with pytest.raises(ModelError, match="goes on where it stopped"):
        fetch(f"{server.url}/a", tmp_path / "a", sha256=DIGEST)
    assert not (tmp_path / "a").exists()
    server.break_after = []
    fetch(f"{server.url}/a", tmp_path / "a", sha256=DIGEST)
    assert server.sent == len(CONTENT)


def test_a_whole_part_is_not_asked_for_again(server: Any, tmp_path: Path) -> None:
    (tmp_path / "a.part").write_bytes(CONTENT)
    fetch(f"{server.url}/a", tmp_path / "a", sha256=DIGEST, size=len(CONTENT))
    assert server.requests == []


def test_a_file_that_changed_meanwhile_begins_anew(server: Any, tmp_path: Path) -> None:
    server.files["/a"] = b"old" * 100_000
    server.break_after = [100_000, 0, 0, 0, 0, 0]
    with pytest.raises(ModelError):
        fetch(f"{server.url}/a", tmp_path / "a")
    server.files["/a"], server.break_after = CONTENT, []
    fetch(f"{server.url}/a", tmp_path / "a")  # without a checksum: the ETag alone protects
    assert (tmp_path / "a").read_bytes() == CONTENT


@pytest.mark.parametrize("left", [CONTENT[:500], CONTENT + b"more"], ids=["less", "more"])
def test_a_server_without_ranges_sends_all_again(server: Any, tmp_path: Path, left: bytes) -> None:
    server.files["/a"], server.ranges = CONTENT, False
    (tmp_path / "a.part").write_bytes(left)
    fetch(f"{server.url}/a", tmp_path / "a", sha256=DIGEST)
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_a_part_longer_than_the_file_begins_anew(server: Any, tmp_path: Path) -> None:
    server.files["/a"] = CONTENT
    (tmp_path / "a.part").write_bytes(CONTENT + b"more")
    fetch(f"{server.url}/a", tmp_path / "a", sha256=DIGEST)
    assert (tmp_path / "a").read_bytes() == CONTENT


def test_wrong_bytes_are_thrown_away(server: Any, tmp_path: Path) -> None:
    server.files["/a"] = CONTENT
    with pytest.raises(ModelError, match="not what was announced"):
        fetch(f"{server.url}/a", tmp_path / "a", sha256="0" * 64)
    assert list(tmp_path.iterdir()) == []


def test_a_busy_server_is_asked_again(server: Any, tmp_path: Path, pauses: list[float]) -> None:
    server.files["/a"] = CONTENT
    server.statuses = [503, 429, 500]
    fetch(f"{server.url}/a", tmp_path / "a", sha256=DIGEST)
    assert pauses == [2.0, 4.0, 8.0]


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_is_not_repeated(server: Any, tmp_path: Path, status: int) -> None:
    server.statuses = [status]
    with pytest.raises(RefusedError, match=str(status)):
        fetch(f"{server.url}/a", tmp_path / "a")
    assert len(server.requests) == 1


def test_no_server_says_check_the_network(server: Any, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="Check the network"):
        fetch("http://127.0.0.1:9/a", tmp_path / "a")


def test_a_full_disk_is_seen_before_a_byte_comes(server: Any, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="GB are free"):
        fetch(f"{server.url}/a", tmp_path / "a", size=10**18)
    assert server.requests == []


@pytest.mark.parametrize(
    ("number", "words"), [(errno.ENOSPC, "disk is full"), (errno.EROFS, "may not be read or written")]
)
def test_a_disk_that_fails_on_the_way(
    server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    def fail(_: int) -> None:
        raise OSError(number, "injected")

    server.files["/a"] = CONTENT
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(ModelError, match=words):
        fetch(f"{server.url}/a", tmp_path / "a")


def test_the_named_ca_file_is_trusted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import truststore

    read: list[str] = []
    monkeypatch.setattr(
        truststore.SSLContext, "load_verify_locations", lambda self, cafile=None, **_: read.append(cafile)
    )
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT"):
        monkeypatch.delenv(name, raising=False)
    ca = tmp_path / "ca.pem"
    ca.write_text("")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ca))
    monkeypatch.setenv("PIP_CERT", str(tmp_path / "none.pem"))
    download.tls_context()
    assert read == [str(ca)]


def test_a_ca_file_without_certificates_is_named(
    server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ca.pem").write_text("nothing")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    with pytest.raises(ModelError, match=r"SSL_CERT_FILE.*ca\.pem"):
        fetch(f"{server.url}/a", tmp_path / "a")
