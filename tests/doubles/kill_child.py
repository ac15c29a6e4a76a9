"""Work with three named points, for the tests of the killers: writes a line before each."""

from __future__ import annotations

import sys
from pathlib import Path

from coachvision.checkpoints import checkpoint


def work(path: str) -> None:
    with Path(path).open("a", encoding="utf-8") as file:
        for name in ("begun", "half", "half"):
            file.write(name + "\n")
            file.flush()
            checkpoint(f"doubles.{name}")
        file.write("done\n")


if __name__ == "__main__":
    work(sys.argv[1])
