"""The command line in a fork of one process that has imported it: a process of its own, without a second of imports.

Not for what starts processes of its own, as analyzing does.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Mapping

from tests.support.nursery import Fork

# What a command may take on a machine that is busy with other things.
_PATIENCE_S = 120.0


def run(*command: str, environment: Mapping[str, str], typed: str = "") -> subprocess.CompletedProcess[str]:
    """`coachvision COMMAND...` in that environment, with that typed into its standard input, run to its end."""
    given = {**environment, "COACHVISION_TEST_COMMAND": json.dumps(command)}
    with tempfile.TemporaryFile() as errors:
        process = Fork("tests.support.command_child:main", given, errors.fileno())
        with process.stdin:
            process.stdin.write(typed.encode())
        with process.stdout:
            told = process.stdout.read().decode()
        code = process.wait(_PATIENCE_S)
        errors.seek(0)
        return subprocess.CompletedProcess(command, code, told, errors.read().decode())
