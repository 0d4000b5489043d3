"""Every path that Thresher uses. `THRESHER_HOME` puts them all under one folder."""

import os
from dataclasses import dataclass
from pathlib import Path

from thresher.adapters.errors import is_forbidden
from thresher.app.paths import expanded

#: What to do about a file or a folder of these that may not be read or written.
CHANGE_PERMISSIONS = "Change its permissions, or set THRESHER_HOME to a folder of yours."


def what_is_forbidden(error: BaseException) -> str | None:
    """The file or folder that may not be read or written, in words; None where the error is another.

    `CHANGE_PERMISSIONS` says what to do.
    """
    if isinstance(error, OSError) and is_forbidden(error) and error.filename is not None:
        return f"{error.filename}: may not be read or written ({error.strerror})"
    return None


@dataclass(frozen=True)
class Locations:
    """The folders and files of one user. Nothing is created until it is written to."""

    home: Path

    @classmethod
    def default(cls) -> "Locations":
        """`THRESHER_HOME` where it is set, else the platform's data directory."""
        if home := os.environ.get("THRESHER_HOME"):
            return cls(expanded(Path(home)).absolute())
        from platformdirs import user_data_path

        return cls(user_data_path("thresher", appauthor=False))

    @property
    def models(self) -> Path:
        """One folder a base model."""
        return self.home / "models"

    @property
    def adapters(self) -> Path:
        """The user's own adapters, one folder each."""
        return self.home / "adapters"

    @property
    def calibrations(self) -> Path:
        """The user's calibrations, a folder a domain and in it one a record type."""
        return self.home / "calibrations"

    @property
    def packs(self) -> Path:
        """The user's own packs, one folder a domain."""
        return self.home / "packs"

    @property
    def database(self) -> Path:
        """The SQLite file of documents, runs, records and corrections."""
        return self.home / "thresher.db"

    @property
    def going(self) -> Path:
        """In which the runs are locked that go on."""
        return self.home / "runs.lock"

    @property
    def training(self) -> Path:
        """One folder a run of training: its configuration, metrics and, while it goes on, its state."""
        return self.home / "training"

    @property
    def settings(self) -> Path:
        """The user's settings."""
        return self.home / "settings.yaml"

    @property
    def logs(self) -> Path:
        """What went wrong, for a bug report. Holds no document text."""
        return self.home / "logs"
