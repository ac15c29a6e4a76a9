"""The window as a process of its own, on a screen that nobody sees: what the story kills. Ends with its parent."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from coachvision import paths
from coachvision.app.main import run
from tests.support.process import announce, end_with_parent

if __name__ == "__main__":
    end_with_parent()
    announce(library=str(paths.library_dir()))
    run([], paths.library_dir())
