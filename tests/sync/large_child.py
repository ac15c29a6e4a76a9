"""One sync of one large film in a process of its own, for its peak memory: `large_child LIBRARY GATEWAY USER TOKEN`."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path

from tests.sync.laptop import Laptop, Tokens


def main() -> None:
    root, gateway, user_id, token = sys.argv[1:]
    summary = Laptop(Path(root), gateway, Tokens(user_id, token, lambda: token)).sync()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"failed": summary.failed, "bytes": summary.uploaded_bytes, "peak": peak}))


if __name__ == "__main__":
    main()
