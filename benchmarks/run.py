"""`make bench`: every module's rows in one table, each a ratio against a named peer measured in the same run.

`python -m benchmarks.run [MODULE ...]` runs some of them. Exits with 1 where a target is missed.
"""

from __future__ import annotations

import importlib
import sys

from benchmarks.rows import Row, line, show

MODULES = (
    "library", "video", "engine", "memory", "pose", "analyze", "sync", "gateway",
    "app_start", "app_library", "app_scrub", "app_play",
)  # fmt: skip


def main(names: list[str]) -> int:
    """Run the modules named, all by default, one after the other."""
    rows: list[Row] = []
    for name in names or MODULES:
        found: list[Row] = []
        for row in importlib.import_module(f"benchmarks.{name}").rows():
            # At once, where the module yields it so: what comes after may be cut off.
            print(line(row), file=sys.stderr, flush=True)
            found.append(row)
        show(found, name)
        rows += found
    judged = [row for row in rows if row.met is not None]
    show(judged, "Targets")
    missed = [row.name for row in judged if not row.met]
    print(
        f"{len(judged) - len(missed)} of {len(judged)} targets met"
        + (f"; missed: {', '.join(missed)}" if missed else "")
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
