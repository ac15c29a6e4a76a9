"""The guide for those who host the gateway: every variable, limits that load, a service file that holds."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from typer.testing import CliRunner

from coachvision.cli.main import app
from coachvision.gateway.settings import VARIABLES, Rates, from_environment

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs" / "self-hosting.md").read_text("utf-8")


def block(marker: str) -> str:
    """The code block that holds this text."""
    return next(text for text in re.findall(r"```\w*\n(.*?)```", GUIDE, re.DOTALL) if marker in text)


def test_every_variable_is_explained() -> None:
    names = {*VARIABLES, *(f"..._{name.upper()}" for name in Rates.model_fields if name != "caller")}
    names |= {"SUPABASE_URL", "COACHVISION_TRUSTED_PROXIES", "COACHVISION_TIERS", "COACHVISION_RATE_CALLER"}
    assert {name for name in names if name not in GUIDE} == set()


def test_the_limits_it_shows_are_taken(tmp_path: Path) -> None:
    tiers = tmp_path / "tiers.toml"
    tiers.write_text(block("[tiers."), "utf-8")
    environment = {
        "SUPABASE_URL": "https://abcdefgh.supabase.co",
        "COACHVISION_S3_ENDPOINT": "https://account.r2.cloudflarestorage.com",
        "COACHVISION_S3_BUCKET": "coachvision",
        "COACHVISION_S3_ACCESS_KEY": "key",
        "COACHVISION_S3_SECRET_KEY": "secret",
        "COACHVISION_TIERS": str(tiers),
    }
    limits = from_environment(environment, database=tmp_path / "gateway.db").tiers["registered"]
    assert (limits.file_bytes, limits.total_bytes) == (20 << 30, 200 << 30)


def test_the_service_file_it_shows_names_the_three_addresses() -> None:
    service = tomllib.loads(block("[service]"))["service"]
    assert {"supabase_url", "supabase_publishable_key", "gateway"} <= set(service)


def test_the_container_file_it_shows_fits_what_is_here() -> None:
    """No container engine is needed for that; whether the image can be built is another matter."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    steps = dict(line.split(maxsplit=1) for line in block("FROM ").splitlines() if not line.startswith("#"))
    python = re.fullmatch(r"python:([\d.]+)-slim", steps["FROM"])
    assert python is not None
    assert python[1] in SpecifierSet(project["requires-python"])
    (source,) = re.findall(r"pip install --no-cache-dir '(/\w+)\[gateway\]'", steps["RUN"])
    assert steps["COPY"] == f". {source}"
    assert f"rm -r {source} " in steps["RUN"]
    assert f"useradd --system {steps['USER']}" in steps["RUN"]
    assert "gateway" in project["optional-dependencies"]
    command = [word.strip('",') for word in steps["CMD"].strip("[]").split()]
    assert command[0] in project["scripts"]
    assert command[command.index("--port") + 1] == steps["EXPOSE"]
    # Its options are known: what ends it is the environment that is empty here.
    ended = CliRunner().invoke(app, command[1:], env={"SUPABASE_URL": "", "COACHVISION_S3_ENDPOINT": ""})
    assert "is not set" in f"{ended.output}{ended.exception}"


def test_the_unit_it_shows_is_understood_by_systemd(tmp_path: Path) -> None:
    verifier = shutil.which("systemd-analyze")
    if verifier is None:
        pytest.skip("systemd is not on this machine")
    unit = block("ExecStart=")
    (line,) = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
    program, *arguments = shlex.split(line)
    assert (Path(program).name, arguments[0]) == ("coachvision", "gateway")
    # The program is where the guide has it installed, which is not here.
    assert f"{Path(program).parent.parent}/bin/pip install" in GUIDE
    path = tmp_path / "coachvision-gateway.service"
    path.write_text(unit.replace(program, sys.executable), "utf-8")
    told = subprocess.run([verifier, "verify", str(path)], capture_output=True, text=True)
    assert (told.returncode, [line for line in told.stderr.splitlines() if str(path) in line]) == (0, [])
    (environment,) = re.findall(r"^EnvironmentFile=(.*)$", unit, re.MULTILINE)
    assert f"`{environment}` holds the variables" in GUIDE
