"""Know whether the process that began a run still lives: it holds a lock that dies with it."""

import os
import sys
from contextlib import suppress
from pathlib import Path

if sys.platform != "win32":
    import fcntl


class RunLocks:
    """A lock file beside the store for each run that goes on.

    The operating system lets go of a lock when its process ends, however it ends, and shows it
    to every container that shares the folder. A process id would be given again to another.
    """

    def __init__(self, store: Path) -> None:
        self._store = store.resolve()
        self._held: dict[str, int] = {}

    def hold(self, run: str) -> None:
        """Hold the run's lock until `release`, or until this process ends.

        Where no lock can be had, the run is taken for alive as long as its file is there.
        """
        if sys.platform == "win32" or run in self._held:
            return
        with suppress(OSError):
            self._held[run] = os.open(self._file(run), os.O_CREAT | os.O_RDONLY, 0o600)
            fcntl.flock(self._held[run], fcntl.LOCK_EX | fcntl.LOCK_NB)

    def release(self, run: str) -> None:
        """Take a run's lock file away, also one that its process left behind, and let go of it."""
        with suppress(OSError, ValueError):
            self._file(run).unlink(missing_ok=True)
        if run in self._held:
            os.close(self._held.pop(run))

    def release_all(self) -> None:
        """Let go of every lock that is held here."""
        for run in tuple(self._held):
            self.release(run)

    def is_alive(self, run: str) -> bool:
        """Whether the process of a run still lives; yes where that cannot be told."""
        if sys.platform == "win32" or run in self._held:
            return True
        try:
            descriptor = os.open(self._file(run), os.O_RDONLY)
        except FileNotFoundError:
            return False
        except (OSError, ValueError):
            return True
        try:
            # Shared: two that look at the same moment do not take each other for the run.
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return True
        finally:
            os.close(descriptor)
        return False

    def _file(self, run: str) -> Path:
        return self._store.with_name(f"{self._store.name}-run-{run}")
