"""A repository of the Hugging Face Hub → an installed model, at one commit, every file checked.

huggingface-hub answers what there is (commit, files, checksums, token, endpoint); the bytes come through
our downloader, so that all pulls resume and report alike.
"""

import fnmatch
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path

from thresher.adapters.base_facts import InstalledModel
from thresher.adapters.errors import ModelError
from thresher.app.models.download import RefusedError, fetch
from thresher.app.models.folder import ALLOWED, gather_facts, refuse_listing
from thresher.app.models.offline import online
from thresher.app.models.progress import OnTransfer, Transfer, silent
from thresher.app.models.staging import Staging, staging


@dataclass(frozen=True)
class RemoteFile:
    """A file of a commit. `sha256` is known of large files, `blob` (git's sha1 id) of small ones."""

    name: str
    size: int
    sha256: str | None
    blob: str | None


@dataclass(frozen=True)
class Snapshot:
    """What a repository holds at one commit."""

    repository: str
    commit: str
    licence: str | None
    files: tuple[RemoteFile, ...]

    @property
    def size(self) -> int:
        """Bytes to download."""
        return sum(file.size for file in self.files)


def pull_repository(
    models: Path, name: str, repository: str, revision: str = "main", on_transfer: OnTransfer = silent
) -> InstalledModel:
    """Install `repository` at `revision` (resolved to a commit) as `name`. A second call resumes.

    Raises ModelError: not found, gated, refused, no network, wrong bytes, no space.
    """
    with staging(models, name) as place, online():
        on_transfer(Transfer("asking the Hub", 0, None))
        snapshot = look_up(repository, revision)
        digests = _download(place, snapshot, on_transfer)
        on_transfer(Transfer("checking", 0, None))
        facts = gather_facts(
            place.files,
            name=name,
            kind="hub",
            source=repository,
            revision=snapshot.commit,
            licence=snapshot.licence,
            digests=digests,
        )
        return place.finish(facts)


def look_up(repository: str, revision: str = "main") -> Snapshot:
    """The commit that `revision` means now and the files that we would fetch. Raises ModelError."""
    from huggingface_hub import HfApi

    with _explained(repository, revision):
        info = HfApi(endpoint=_endpoint()).model_info(
            repository, revision=revision, files_metadata=True, timeout=30
        )
    siblings = info.siblings or []
    # Files in subfolders are other formats and samples: mlx-lm reads the top folder alone.
    refuse_listing(repository, [sibling.rfilename for sibling in siblings if "/" not in sibling.rfilename])
    files = tuple(
        RemoteFile(s.rfilename, s.size or 0, s.lfs.sha256 if s.lfs else None, None if s.lfs else s.blob_id)
        for s in siblings
        if "/" not in s.rfilename and any(fnmatch.fnmatch(s.rfilename, pattern) for pattern in ALLOWED)
    )
    if not info.sha:
        raise ModelError(f"{repository}: the Hub names no commit for {revision!r}. Name a revision.")
    licence = info.card_data.get("license") if info.card_data else None
    return Snapshot(repository, info.sha, str(licence) if licence else None, files)


def _download(place: Staging, snapshot: Snapshot, on_transfer: OnTransfer) -> dict[str, str]:
    """Fetch all files into `place.files`; returns their sha256s by name."""
    from huggingface_hub import hf_hub_url
    from huggingface_hub.utils import build_hf_headers

    _forget_other_commit(place, snapshot.commit)
    digests: dict[str, str] = {}
    before = 0
    # Small files first: what is wrong with a model shows before its gigabytes are there.
    for file in sorted(snapshot.files, key=lambda file: file.size):
        url = hf_hub_url(snapshot.repository, file.name, revision=snapshot.commit, endpoint=_endpoint())
        base = before
        try:
            digests[file.name] = fetch(
                url,
                place.files / file.name,
                sha256=file.sha256,
                size=file.size,
                headers=build_hf_headers(),
                on_progress=lambda done, _, base=base: on_transfer(  # type: ignore[misc]
                    Transfer("downloading", base + done, snapshot.size)
                ),
            )
        except RefusedError as error:
            raise ModelError(f"{snapshot.repository}: {error} {_login()}") from error
        _check_blob(place.files / file.name, file)
        before += file.size
    return digests


def _forget_other_commit(place: Staging, commit: str) -> None:
    """Throw away what an earlier, broken pull fetched of another commit."""
    mark = place.work / "commit"
    if mark.exists() and mark.read_text("ascii") == commit:
        return
    for path in place.files.iterdir():
        path.unlink()
    mark.write_text(commit, "ascii")


def _check_blob(path: Path, file: RemoteFile) -> None:
    if file.blob is None:
        return
    data = path.read_bytes()
    if sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest() != file.blob:
        path.unlink()
        raise ModelError(f"{file.name}: what came is not what the Hub announced. Run the same command again.")


def _endpoint() -> str:
    from huggingface_hub import constants

    # Read at each call: the library reads it once, when it is imported.
    return (os.environ.get("HF_ENDPOINT") or constants.ENDPOINT).rstrip("/")


def _login() -> str:
    return (
        "If it is private or gated: accept its terms on its page on the Hub, make a read token in the "
        "settings of your account there, and set HF_TOKEN to it (or run `hf auth login`)."
    )


@contextmanager
def _explained(repository: str, revision: str) -> Iterator[None]:
    """Turn the Hub's errors into ours."""
    import truststore
    from huggingface_hub import errors

    truststore.inject_into_ssl()  # the system's certificates, for the library's own client
    try:
        yield
    except errors.GatedRepoError as error:
        raise ModelError(f"{repository} is gated: its owner must let you in. {_login()}") from error
    except errors.RevisionNotFoundError as error:
        raise ModelError(
            f"{repository} has no revision {revision!r}. Name a branch, tag or commit."
        ) from error
    except errors.RepositoryNotFoundError as error:
        raise ModelError(
            f"{repository}: no such repository on {_endpoint()}. Check its name (OWNER/NAME). {_login()}"
        ) from error
    except errors.HFValidationError as error:
        raise ModelError(f"{repository!r} is no repository's name. Write OWNER/NAME.") from error
    except errors.HfHubHTTPError as error:
        raise ModelError(f"{repository}: {_endpoint()} answered: {error}. Try again later.") from error
    except Exception as error:
        # The library's HTTP client differs by version (httpx, httpx2), and so do its errors.
        if type(error).__module__.partition(".")[0] not in ("httpx", "httpx2") and not isinstance(
            error, OSError
        ):
            raise
        raise ModelError(
            f"{_endpoint()} cannot be reached ({error}). Check the network and the proxy (HTTPS_PROXY). "
            "The starter comes from the package index; `thresher models add` takes a folder."
        ) from error
    finally:
        truststore.extract_from_ssl()
