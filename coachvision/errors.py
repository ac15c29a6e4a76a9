"""Errors a coach may read. Every room raises these at its own edge; fronts print them; anything else is a bug.

Base room: standard library only.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any


class CoachVisionError(Exception):
    """Something the environment did, told in plain words.

    title: what happened, one short line. message: the details, naming the file. hint: what to do about it.
    path: the file concerned. retryable: trying the same again later may work.
    """

    def __init__(
        self,
        title: str,
        message: str = "",
        *,
        hint: str = "",
        path: Path | str | None = None,
        retryable: bool = False,
    ) -> None:
        super().__init__(title, message, hint, str(path) if path is not None else None, retryable)
        self.title = title
        self.message = message
        self.hint = hint
        self.path = Path(path) if path is not None else None
        self.retryable = retryable

    def __str__(self) -> str:
        return f"{self.title}: {self.message}" if self.message else self.title

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle through the keyword constructor, so that errors cross process borders whole."""
        return (_rebuild, (type(self), self.title, self.message, self.hint, self.path, self.retryable))

    def as_data(self) -> dict[str, str | bool | None]:
        """The error as JSON can hold it, for a parent process that takes data alone; `from_data` is the reverse."""
        return {
            "kind": type(self).__name__,
            "title": self.title,
            "message": self.message,
            "hint": self.hint,
            "path": None if self.path is None else str(self.path),
            "retryable": self.retryable,
        }


def _rebuild(
    kind: type[CoachVisionError], title: str, message: str, hint: str, path: Path | None, retryable: bool
) -> CoachVisionError:
    return kind(title, message, hint=hint, path=path, retryable=retryable)


class VideoError(CoachVisionError):
    """A file that cannot be read as a video, or no further than some frame."""


class PluginError(CoachVisionError):
    """An analyzer that cannot be found, loaded or run."""


class LibraryError(CoachVisionError):
    """The local library: locked, damaged, full disk, or an id that is not in it."""


class DiskFullError(LibraryError):
    """No room is left on a disk; a video can be left where it lies instead of being copied."""


class UsageError(CoachVisionError):
    """The caller asked for something that makes no sense (exit code 2 on the command line)."""


class AccountError(CoachVisionError):
    """Signing in, or something that needs it, did not work: a wrong code or password, no service, a locked keyring."""


class Offline(CoachVisionError):  # noqa: N818 - it is a state
    """The service cannot be reached or gave no sensible answer. Whoever was signed in still is; later it may work."""


class SignedOut(CoachVisionError):  # noqa: N818 - it is a state
    """Nobody is signed in, or the service has ended the sign-in for good."""


_KINDS = {
    kind.__name__: kind
    for kind in (VideoError, PluginError, LibraryError, DiskFullError, UsageError, AccountError, Offline, SignedOut)
}


def from_data(data: Mapping[str, Any]) -> CoachVisionError:
    """The error that `as_data` told; a plain CoachVisionError where its kind is unknown. Raises KeyError."""
    kind = _KINDS.get(str(data["kind"]), CoachVisionError)
    return kind(
        str(data["title"]),
        str(data["message"]),
        hint=str(data["hint"]),
        path=data["path"],
        retryable=bool(data["retryable"]),
    )


class Cancelled(Exception):  # noqa: N818 - it is not an error
    """The coach cancelled. Silent: shown nowhere, logged nowhere."""
