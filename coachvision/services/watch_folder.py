"""New videos in a folder the coach has named: a card reader's, a shared drive's. For windows, which ask at times."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from coachvision import paths
from coachvision.errors import CoachVisionError

FILE = "watched.json"
ENDINGS = (
    ".mp4", ".mov", ".m4v", ".mkv", ".webm", ".avi", ".mts", ".m2ts", ".ts", ".mpg", ".mpeg", ".wmv", ".asf", ".3gp",
    ".3g2", ".flv", ".mj2",
)  # fmt: skip
Seen = tuple[int, int]


class WatchFolder:
    """One folder. What is in it when it is first watched is not new; that is remembered beyond the end of the program.

    A file is told of once it has not grown between two looks: before, somebody still copies it.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._known: dict[str, Seen] | None = None
        self._growing: dict[str, Seen] = {}

    def look(self) -> list[Path]:
        """The videos that are new and whole, by name. Raises CoachVisionError where the folder cannot be read."""
        try:
            there = dict(self._there())
        except OSError as error:
            raise CoachVisionError(
                "The watched folder cannot be read",
                f"{self.folder}: {error.strerror}",
                hint="Plug its disk in, or choose another folder in the settings.",
                path=self.folder,
            ) from error
        if self._known is None:
            self._known = self._remembered()
        if self._known is None:
            self._known = there
            self._remember()
            return []
        new = {name: seen for name, seen in there.items() if self._known.get(name) != seen}
        whole = sorted(name for name, seen in new.items() if self._growing.get(name) == seen and seen[0])
        self._growing = new
        if whole:
            self._known |= {name: new[name] for name in whole}
            self._remember()
        return [self.folder / name for name in whole]

    def _there(self) -> Iterator[tuple[str, Seen]]:
        for path in self.folder.iterdir():
            if path.suffix.lower() in ENDINGS and not path.name.startswith("."):
                try:
                    facts = path.stat()
                except FileNotFoundError:
                    # It was renamed between two looks.
                    continue
                yield path.name, (facts.st_size, facts.st_mtime_ns)

    def _remembered(self) -> dict[str, Seen] | None:
        """What was known of this folder; None where it was never watched or that cannot be read."""
        try:
            told = json.loads((paths.config_dir() / FILE).read_text(encoding="utf-8"))
            if told["folder"] != str(self.folder):
                return None
            return {str(name): (int(size), int(changed)) for name, (size, changed) in told["known"].items()}
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def _remember(self) -> None:
        path = paths.config_dir() / FILE
        part = path.with_suffix(".part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_text(json.dumps({"folder": str(self.folder), "known": self._known}), encoding="utf-8")
            part.replace(path)
        except OSError as error:
            raise CoachVisionError(
                "What is in the watched folder cannot be remembered", f"{path}: {error.strerror}",
                hint="Make room on that disk.", path=path,
            ) from error  # fmt: skip
