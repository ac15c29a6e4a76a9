"""One sync of one large film in a process of its own, for its peak memory: `large_child LIBRARY GATEWAY USER TOKEN`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.sync.laptop import Laptop, Tokens


def main() -> None:
    root, gateway, user_id, token = sys.argv[1:]
    summary = Laptop(Path(root), gateway, Tokens(user_id, token, lambda: token)).sync()
    print(json.dumps({"failed": summary.failed, "bytes": summary.uploaded_bytes, "peak": _peak()}))


def _peak() -> int:
    """Bytes. Not `ru_maxrss`: across fork and exec it remembers how large the tests' own process was."""
    (line,) = (line for line in Path("/proc/self/status").read_text("utf-8").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


if __name__ == "__main__":
    main()
