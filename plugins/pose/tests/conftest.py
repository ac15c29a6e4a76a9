"""The same floor as the main suite, where the plugin lies in CoachVision's own tree."""

from __future__ import annotations

import importlib.util
from pathlib import Path

_FLOOR = Path(__file__).parents[3] / "tests" / "conftest.py"
_spec = importlib.util.spec_from_file_location("coachvision_test_floor", _FLOOR)
if _spec is None or _spec.loader is None:
    raise ImportError(f"{_FLOOR} is missing")
_floor = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(_floor)
globals().update({name: value for name, value in vars(_floor).items() if not name.startswith("__")})
