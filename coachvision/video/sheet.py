"""Where the pictures of a filmstrip lie in its sheet. For windows, which load the JPEG themselves: imports no codec."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

SHEET, MANIFEST = "filmstrip.jpg", "filmstrip.json"


@dataclass(frozen=True)
class Sheet:
    """A filmstrip's sheet. path: the JPEG. width, height: of one picture, pixels. indices: frame number of each."""

    path: Path
    width: int
    height: int
    columns: int
    indices: tuple[int, ...]

    def place(self, share: float) -> tuple[int, int, int, int]:
        """(left, top, width, height) in the sheet of the picture at a share of the strip, 0 to 1."""
        at = min(len(self.indices) - 1, max(0, int(share * len(self.indices))))
        return at % self.columns * self.width, at // self.columns * self.height, self.width, self.height


def read_sheet(folder: Path) -> Sheet | None:
    """The sheet in a preview's folder, or None where there is none, or none that can be read: it is made again."""
    try:
        told = json.loads((folder / MANIFEST).read_bytes())
        indices = tuple(int(entry["index"]) for entry in told["frames"])
        sheet = Sheet(folder / SHEET, int(told["width"]), int(told["height"]), int(told["columns"]), indices)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    sound = indices and min(sheet.width, sheet.height, sheet.columns) > 0 and sheet.path.is_file()
    return sheet if sound else None
