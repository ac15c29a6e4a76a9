"""The worker's entry: `python -m coachvision.analysis.child SPOOL`. Started by the supervisor alone."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

from coachvision.analysis.board import Board
from coachvision.analysis.parent import leave_with_parent
from coachvision.analysis.plan import Plan
from coachvision.analysis.spool import Spool
from coachvision.errors import CoachVisionError

_BUG = 70


def main(argv: list[str]) -> int:
    """Carry out `plan.json` of the spool. 0: `end.json` is there; 1: `error.json` is; else a bug, told on stderr."""
    import cv2

    from coachvision.analysis.engine import run

    # OpenCV's own threads cost more processor time than they save on pictures this small, and the cores are taken.
    cv2.setNumThreads(1)
    folder = Path(argv[0])
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    leave_with_parent()
    spool = Spool(folder)
    plan = Plan.model_validate_json((folder / "plan.json").read_text("utf-8"))
    with Board(folder / "board") as board:
        try:
            run(plan, spool, board)
        except CoachVisionError as error:
            spool.save_error(error)
            return 1
    return 0


def leave() -> None:
    """The whole life of the process. It ends at once: a thread that a plugin left behind must not keep it."""
    code = _BUG
    try:
        code = main(sys.argv[1:])
    except Exception:
        logging.getLogger(__name__).exception("the worker failed")
    finally:
        os._exit(code)


if __name__ == "__main__":
    leave()
