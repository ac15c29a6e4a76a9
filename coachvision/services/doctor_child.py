"""`python -m coachvision.services.doctor_child ID`: loads and starts one analyzer. Started by `doctor` alone.

Ends with 0 where it works; else with 1 and the reason, one line on stdout.
"""

from __future__ import annotations

import sys
from fractions import Fraction

import numpy as np

from coachvision.errors import CoachVisionError
from coachvision.plugins.api import FrameAnalyzer, Timeline, Video
from coachvision.plugins.discovery import discover
from coachvision.plugins.host import check_parameters, load


def main(argv: list[str]) -> int:
    """Load the analyzer of that id and, where it sees frames, start it on a video of two small frames."""
    (wanted,) = argv
    (one,) = (found for found in discover() if found.name == wanted and found.broken is None)
    try:
        analyzer = load(one)
        if isinstance(analyzer, FrameAnalyzer) and one.manifest is not None:
            line = Timeline(np.array([0, 1], np.int64), Fraction(1, 30))
            analyzer.start(Video(64, 64, line, 0, 1), check_parameters(one.manifest, {}))
    except CoachVisionError as error:
        print(error)  # noqa: T201 - the parent reads it
        return 1
    # Anybody's code may raise anything; the coach is told which analyzer and what.
    except Exception as error:
        print(f"{type(error).__name__}: {error}")  # noqa: T201 - the parent reads it
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
