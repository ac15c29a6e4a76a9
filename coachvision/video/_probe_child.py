"""The child process of `probe`: limits itself, examines one file, writes facts or an error as data to its stdout.

Run as `python -m coachvision.video._probe_child FILE SECONDS`, or by a frozen program through `main`.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from coachvision.errors import VideoError
from coachvision.video.facts import to_bytes

_MEMORY = 4 << 30


def _limit(seconds: float) -> None:
    """No more memory, processor time and output than a sound file needs; no core dump."""
    try:
        import resource  # Unix alone has it; elsewhere the parent's timeout must do.
    except ImportError:
        return
    for what, limit in (
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, int(seconds * (os.cpu_count() or 1)) + 5),
        (resource.RLIMIT_FSIZE, 1 << 30),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(what)
        lowest = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(what, (lowest, lowest))


def main(arguments: list[str]) -> int:
    """arguments: file, seconds allowed. Returns the exit code."""
    path, seconds = Path(arguments[0]), float(arguments[1])
    _limit(seconds)
    # After the limits, so that a file is never met without them.
    from coachvision.video.opening import too_much_memory
    from coachvision.video.probe import probe_here

    try:
        answer, code = b"F" + to_bytes(probe_here(path)), 0
    except (VideoError, MemoryError) as error:
        told = error if isinstance(error, VideoError) else too_much_memory(path)
        answer, code = b"E" + json.dumps(told.as_data()).encode(), 1
    sys.stdout.buffer.write(answer)
    sys.stdout.buffer.flush()
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
