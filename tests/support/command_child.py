"""What runs in the forks of `command`: the command line, with all imported that its commands import when they run."""

from __future__ import annotations

import json
import os
import sys

import coachvision.accounts.signing
import coachvision.gateway.main
import coachvision.library
import coachvision.services.cloud_account
import coachvision.services.document
import coachvision.services.session
import coachvision.services.sync_now  # noqa: F401
from coachvision.accounts import client
from coachvision.cli import main as program

client.load_supabase()


def main() -> None:
    sys.argv = ["coachvision", *json.loads(os.environ.pop("COACHVISION_TEST_COMMAND"))]
    program.run()
