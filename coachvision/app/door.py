"""Whether a window may be open on a library already, told without loading Qt's network. For `main` and `instance`."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QDir

_BEGIN = "coachvision-"


def name_of(library: Path) -> str:
    """The name of the socket on which a library's window listens: this account's, for this library."""
    import getpass
    import hashlib

    told = f"{getpass.getuser()} {library.absolute()}"
    return f"{_BEGIN}{hashlib.sha256(told.encode()).hexdigest()[:24]}"


def may_be_open(library: Path) -> bool:
    """False where certainly no window listens for that library."""
    if sys.platform == "win32":
        # A named pipe is no file.
        return True
    place = Path(QDir.tempPath())
    # The name is a hash, and what computes it is loaded for nothing where no window has ever listened.
    return any(place.glob(f"{_BEGIN}*")) and (place / name_of(library)).exists()
