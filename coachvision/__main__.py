"""Where the program starts, as a command and as `python -m coachvision`: Ctrl-C is quiet from the first moment on."""

from __future__ import annotations

import sys

_CANCELLED = 130  # as `cli.common` has it, which is not to be imported before Ctrl-C is awaited


def run() -> None:
    """Load the command line and run it."""
    try:
        from coachvision.cli.main import run as command

        command()
    except KeyboardInterrupt:
        sys.exit(_CANCELLED)


if __name__ == "__main__":
    run()
