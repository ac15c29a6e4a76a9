"""Errors a coach may read. Every room raises these at its own edge; fronts print them; anything else is a bug.

Base room: standard library only.
"""

from __future__ import annotations

from pathlib import Path


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


class UsageError(CoachVisionError):
    """The caller asked for something that makes no sense (exit code 2 on the command line)."""


class Cancelled(Exception):  # noqa: N818 - it is not an error
    """The coach cancelled. Silent: shown nowhere, logged nowhere."""
