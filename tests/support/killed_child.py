"""The process behind `killers.ForkedRuns`: imports the work once, forks for every line of standard input."""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback


def main() -> None:
    module, _, name = sys.argv[1].partition(":")
    work = getattr(importlib.import_module(module), name)
    for line in sys.stdin:
        environment, arguments = json.loads(line)
        child = os.fork()
        if child == 0:
            os.environ.update(environment)
            # What the work prints is no answer.
            os.dup2(2, 1)
            code = 1
            try:
                work(**arguments)
                code = 0
            except BaseException:
                traceback.print_exc()
            os._exit(code)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main()
