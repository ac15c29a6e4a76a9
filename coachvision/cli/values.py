"""Values as they are typed: boxes, calibration lines, times, parameters. For `cli` alone."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from coachvision import tomlfile
from coachvision.errors import UsageError

if TYPE_CHECKING:
    from coachvision.services.analyze import LineAt, RegionAt


def seconds(text: str | float) -> float:
    """`75.5`, `1:15.5` or `0:01:15.5`. Raises UsageError."""
    parts = str(text).strip().split(":")
    try:
        numbers = [float(part) for part in parts]
    except ValueError:
        numbers = []
    if not 1 <= len(numbers) <= 3 or not all(math.isfinite(n) and n >= 0 for n in numbers):
        raise UsageError("Not a time", f"“{text}” is not a time in seconds.", hint="Write 75.5 or 1:15.5.")
    total = 0.0
    for number in numbers:
        total = total * 60 + number
    return total


def box(text: str) -> RegionAt:
    """`x,y,w,h[@time]`, upright pixels. Raises UsageError."""
    from coachvision.services.analyze import RegionAt

    numbers, time_s = _numbers(text, 4, "a box", "--box x,y,w,h[@time], in pixels of the upright picture")
    x, y, width, height = numbers
    if width <= 0 or height <= 0:
        raise UsageError("Not a box", f"“{text}” has no width or no height.", hint="Write --box x,y,w,h[@time].")
    return RegionAt(x=x, y=y, width=width, height=height, time_s=time_s)


def line(text: str) -> LineAt:
    """`length_m:x1,y1,x2,y2[@time]`. Raises UsageError."""
    from coachvision.services.analyze import LineAt

    how = "--calibrate length_m:x1,y1,x2,y2[@time], a length in metres and two points in pixels"
    length, colon, rest = text.partition(":")
    if not colon:
        raise UsageError("Not a calibration", f"“{text}” names no length and line.", hint=f"Write {how}.")
    (length_m,), _ = _numbers(length, 1, "a length", how)
    (x1, y1, x2, y2), time_s = _numbers(rest, 4, "a line", how)
    if length_m <= 0 or math.hypot(x2 - x1, y2 - y1) < 1:
        raise UsageError("Not a calibration", f"“{text}” has no length.", hint=f"Write {how}.")
    return LineAt(length_m=length_m, x1=x1, y1=y1, x2=x2, y2=y2, time_s=time_s)


def _numbers(text: str, count: int, what: str, how: str) -> tuple[list[float], float]:
    """Comma-separated numbers and the time after an @ (0 without one)."""
    given, at, time = text.partition("@")
    try:
        numbers = [float(part) for part in given.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) != count or not all(math.isfinite(number) for number in numbers):
        raise UsageError(f"Not {what}", f"“{text}” is not {what}.", hint=f"Write {how}.")
    return numbers, seconds(time) if at else 0.0


def parameters(given: list[str]) -> dict[str, dict[str, Any]]:
    """`pose.people=2` as {"pose": {"people": 2}}; the value as in TOML, or plain text. Raises UsageError."""
    tables: dict[str, dict[str, Any]] = {}
    for text in given:
        name, equals, value = text.partition("=")
        analyzer, dot, key = name.strip().partition(".")
        if not (equals and dot and analyzer and key):
            raise UsageError("Not a parameter", f"“{text}” sets nothing.", hint="Write --set analyzer.name=value.")
        tables.setdefault(analyzer, {})[key] = _value(value.strip())
    return tables


def _value(text: str) -> Any:
    try:
        return tomlfile.parse(f"value = {text}")["value"]
    except ValueError:
        return text
