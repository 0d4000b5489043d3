"""One file over HTTP, resumed where an earlier try broke off, checked before it gets its name.

Bytes go to FILE.part beside the file; the server's ETag beside it makes sure that a resumed file is the
same one. Knows nothing of models.
"""

import os
import shutil
import ssl
import time
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import file_digest
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from thresher.adapters.errors import ModelError
from thresher.app.models.staging import writing

if TYPE_CHECKING:
    import httpx

#: Told of the bytes that are there, and of all bytes where that is known.
OnProgress = Callable[[int, int | None], None]

_TRIES = 5  # in a row without a single new byte
_CA_FILES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT")
_GOES_ON = "Run the same command again: it goes on where it stopped."


class RefusedError(ModelError):
    """The server says no (401, 403, 404, 410): asking again does not help."""


def fetch(
    url: str,
    path: Path,
    *,
    sha256: str | None = None,
    size: int | None = None,
    headers: Mapping[str, str] | None = None,
    on_progress: OnProgress = lambda *_: None,
) -> str:
    """Fetch `url` into `path` and return the sha256 of its bytes, in hex.

    Raises RefusedError where the server says no, else ModelError; what has come so far is kept.
    """
    import httpx

    part, tag = path.with_name(path.name + ".part"), path.with_name(path.name + ".etag")
    with writing(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _refuse_full_disk(path, (size or 0) - (part.stat().st_size if part.exists() else 0))
            with httpx.Client(
                verify=tls_context(), follow_redirects=True, timeout=30, headers=headers
            ) as client:
                rest = partial(
                    _fetch_rest,
                    client,
                    url,
                    part,
                    tag,
                    size=size,
                    checked=sha256 is not None,
                    on_progress=on_progress,
                )
                _fetch_all(rest, url, part, size=size)
        whole = path if path.exists() else part
        with whole.open("rb") as stream:
            digest = file_digest(stream, "sha256").hexdigest()
        if (sha256 and digest != sha256) or (size is not None and whole.stat().st_size != size):
            whole.unlink()
            tag.unlink(missing_ok=True)
            raise ModelError(
                f"{path.name}: what came is not what was announced (sha256 {digest}, expected {sha256}) "
                "and was thrown away. Run the same command again; if that fails too, "
                "the source or a proxy alters it."
            )
        if whole is part:
            part.replace(path)
            tag.unlink(missing_ok=True)
        on_progress(path.stat().st_size, size)
    return digest


def tls_context() -> ssl.SSLContext:
    """The system's certificates, and those of the CA file that the environment names, if any."""
    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    for name in _CA_FILES:
        if (file := os.environ.get(name)) and Path(file).is_file():
            try:
                context.load_verify_locations(cafile=file)
            except ssl.SSLError as error:
                raise ModelError(f"{name}: {file} holds no certificates. Correct or unset {name}.") from error
    return context


def _fetch_all(fetch_rest: Callable[[], None], url: str, part: Path, *, size: int | None) -> None:
    """Ask again, with longer and longer pauses, until all bytes are in `part`."""
    import httpx

    failures = 0
    while True:
        before = part.stat().st_size if part.exists() else 0
        if size is not None and before == size:
            return
        try:
            fetch_rest()
            return
        except (httpx.TransportError, httpx.HTTPStatusError) as error:
            if "CERTIFICATE_VERIFY_FAILED" in str(error):
                raise ModelError(
                    f"{_host(url)}: its certificate is not trusted here. If a proxy inspects the traffic, "
                    "name its CA file in SSL_CERT_FILE."
                ) from error
            failures = 1 if part.exists() and part.stat().st_size > before else failures + 1
            if failures >= _TRIES:
                raise ModelError(
                    f"{_host(url)}: no answer ({error or type(error).__name__}). "
                    f"Check the network and the proxy (HTTPS_PROXY). {_GOES_ON}"
                ) from error
            _pause(min(2.0**failures, 30.0))


def _fetch_rest(
    client: "httpx.Client",
    url: str,
    part: Path,
    tag: Path,
    *,
    size: int | None,
    checked: bool,
    on_progress: OnProgress,
) -> None:
    """One request for what is missing. Raises httpx's errors where it breaks off.

    Without an ETag a part is only added to where a checksum will tell (`checked`).
    """
    import httpx

    start = part.stat().st_size if part.exists() else 0
    # Bytes as they lie on the server: a compressed answer could not be resumed.
    asked = {"Accept-Encoding": "identity"}
    if start and (tag.exists() or checked):
        asked["Range"] = f"bytes={start}-"
        if tag.exists():
            asked["If-Range"] = tag.read_text("ascii")
    with client.stream("GET", url, headers=asked) as response:
        if response.status_code in (401, 403, 404, 410):
            raise RefusedError(
                f"{_host(url)} refused {part.stem} (status {response.status_code}). Check its name."
            )
        if response.status_code == 416:  # what is here does not fit what is there: begin anew
            part.unlink(missing_ok=True)
        response.raise_for_status()
        resumed = response.status_code == 206 and response.headers.get("content-range", "").startswith(
            f"bytes {start}-"
        )
        if response.status_code == 206 and not resumed:
            part.unlink(missing_ok=True)
            raise httpx.RemoteProtocolError(
                "the server sent another part than was asked for", request=response.request
            )
        done = start if resumed else 0
        if not resumed:
            part.unlink(missing_ok=True)  # before the new tag, which would vouch for it
        etag = response.headers.get("etag", "")
        if etag.startswith('"') and etag.isascii():
            tag.write_text(etag, "ascii")
        elif not resumed:
            tag.unlink(missing_ok=True)
        length = response.headers.get("content-length", "")
        total = size if size is not None else (done + int(length) if length.isdigit() else None)
        with part.open("ab" if resumed else "wb") as stream:
            # As it arrives: gathered into larger chunks, the last one would be lost in a break.
            for chunk in response.iter_raw():
                stream.write(chunk)
                done += len(chunk)
                on_progress(done, total)
            stream.flush()
            os.fsync(stream.fileno())
        if total is not None and done < total:
            raise httpx.RemoteProtocolError(f"{done:,} of {total:,} bytes came", request=response.request)


def _pause(seconds: float) -> None:
    time.sleep(seconds)


def _refuse_full_disk(path: Path, needed: int) -> None:
    free = shutil.disk_usage(path.parent).free
    if needed > free:
        raise ModelError(
            f"{path.parent}: {needed / 1e9:.1f} GB are needed and {free / 1e9:.1f} GB are free. "
            f"Free some space, or set THRESHER_HOME to a larger disk. {_GOES_ON}"
        )


def _host(url: str) -> str:
    return urlsplit(url).hostname or url
