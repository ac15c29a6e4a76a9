"""What falls on the window: videos, folders of them, a club's service file. For the window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QDropEvent


def dropped(event: QDropEvent) -> list[Path]:
    """The files of a drop; of a folder, the files in it."""
    found = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return [file for path in found for file in (sorted(path.iterdir()) if path.is_dir() else [path]) if file.is_file()]


def service_file(files: list[Path]) -> Path | None:
    """The one service file that was dropped, or None: these are videos."""
    return files[0] if len(files) == 1 and files[0].suffix.lower() == ".toml" else None
