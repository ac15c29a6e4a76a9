"""The command line in a fork of one process that has imported it: a process of its own, without a second of imports."""

from __future__ import annotations

import os
import sys
from pathlib import Path

# Imported by the process that forks, once for all commands.
import coachvision.accounts.signing
import coachvision.library
import coachvision.services.cloud_account
import coachvision.services.document
import coachvision.services.session
import coachvision.services.sync_now  # noqa: F401
from coachvision.accounts import client
from coachvision.cli import main

client.load_supabase()


def work(command: list[str], surroundings: dict[str, str], folder: str) -> None:
    """Run it; standard input, output, errors and the exit code are files in the folder."""
    os.environ.update(surroundings)
    for name, descriptor, mode in (("in", 0, os.O_RDONLY), ("out", 1, os.O_WRONLY), ("err", 2, os.O_WRONLY)):
        opened = os.open(Path(folder) / name, mode | os.O_CREAT | os.O_TRUNC * (mode == os.O_WRONLY), 0o600)
        os.dup2(opened, descriptor)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - of this process, to its end
    sys.argv = ["coachvision", *command]
    code: object = 0
    try:
        main.run()
    except SystemExit as end:
        code = end.code
    sys.stdout.flush()
    sys.stderr.flush()
    (Path(folder) / "code").write_text(str(code or 0))
