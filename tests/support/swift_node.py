"""Swift's four servers, each a process: `python -m tests.support.swift_node FOLDER`. For `swift_server`.

They are forked from one that has imported Swift, which takes most of the start. All end when standard input closes, and
this process ends when one of them did.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from pathlib import Path

from swift.common.wsgi import run_wsgi

from tests.support.process import end_with_parent

SERVERS = ("account", "container", "object", "proxy")


def main() -> None:
    folder = Path(sys.argv[1])
    children = []
    for kind in SERVERS:
        children.append(os.fork())
        if children[-1] == 0:
            # A group of its own: Swift ends its whole group on some signals.
            os.setpgid(0, 0)
            end_with_parent()
            _serve(folder / f"{kind}.conf", f"{kind}-server")
    ended, _ = os.wait()
    for child in set(children) - {ended}:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    sys.exit(1)


def _serve(conf: Path, section: str) -> None:
    """Until the end of this process, which never returns into the forking loop."""
    # A copy: Swift puts /dev/null in the place of its standard output and errors.
    with os.fdopen(os.dup(2), "w") as errors:
        try:
            print(f"{section} ended with {run_wsgi(str(conf), section)}", file=errors)
        except BaseException:
            traceback.print_exc(file=errors)
    os._exit(1)


if __name__ == "__main__":
    main()
