"""Names, units and numbers as a coach reads them. For the report, the command line's tables and the exports."""

from __future__ import annotations

import math
import re

UNITS = {"deg": "°", "1": "", "%": "%", "deg/s": "°/s", "m/s2": "m/s²", "m/s^2": "m/s²"}
_GLUED = {"°", "%"}

_METRICS = {
    "reps.count": "Repetitions",
    "jump.count": "Jumps",
    "jump.height": "Best jump",
    "jump.flight_time": "Flight time",
    "gait.steps": "Steps",
    "gait.cadence": "Cadence",
    "gait.contact_time": "Ground contact",
    "track.speed_mean": "Mean speed",
}
HEADLINES = tuple(_METRICS)

FLEXING = ("knee", "hip", "elbow", "ankle", "shoulder", "wrist")
_MOVEMENT = {"knee": "flexion", "hip": "flexion", "elbow": "flexion", "shoulder": "flexion", "ankle": "dorsiflexion"}
_EXTREMES = {"max": "most bent", "min": "straightest", "range": "range of motion"}
_ANKLE_EXTREMES = {"max": "toes most up", "min": "toes most down", "range": "range of motion"}
_OTHER_EXTREMES = {"max": "largest", "min": "smallest", "range": "range of motion"}
_WORDS = {"knee": _EXTREMES, "hip": _EXTREMES, "elbow": _EXTREMES, "ankle": _ANKLE_EXTREMES}

_SIDED = re.compile(r"^(?P<stem>.*\.)?(?P<side>left|right)_(?P<part>.+)$")


def sided(name: str) -> tuple[str, str] | None:
    """`angle.left_knee` is the left of `angle.knee`: (side, the name without it); None for a name without a side."""
    found = _SIDED.match(name)
    return (found["side"], f"{found['stem'] or ''}{found['part']}") if found else None


def series_title(name: str) -> str:
    """`angle.left_knee`: Left knee flexion. `angle.knee` (both sides together): Knee flexion."""
    stem, _, last = name.rpartition(".")
    if stem == "segment":
        return f"{_plain(last)} to the horizontal"
    if stem != "angle":
        return _plain(name)
    joint = last.removeprefix("left_").removeprefix("right_")
    return _plain(f"{last} {_MOVEMENT.get(joint, 'angle')}")


def metric_title(name: str, label: str = "") -> str:
    """`angle.left_knee.max`: Left knee, most bent. `reps.count` of label "squat": Repetitions (squat).

    An angle's name says all that its label would; a metric of somebody's plugin is called what its author calls it.
    """
    angle = _angle_metric(name)
    if angle is not None:
        return angle
    title = _METRICS.get(name)
    if title is None:
        return label or _plain(name)
    return f"{title} ({label})" if label and label.lower() not in title.lower() else title


def _angle_metric(name: str) -> str | None:
    parts = name.split(".")
    if len(parts) != 3 or parts[0] != "angle":
        return None
    if parts[2] == "asymmetry":
        return f"{_plain(parts[1])}, right against left"
    words = _WORDS.get(parts[1].rpartition("_")[2], _OTHER_EXTREMES)
    return f"{_plain(parts[1])}, {words[parts[2]]}" if parts[2] in words else None


def _plain(name: str) -> str:
    words = name.replace(".", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def unit_sign(unit: str) -> str:
    """What follows the number: `°`, ` m`, nothing for counts."""
    sign = UNITS.get(unit, unit)
    return sign if not sign or sign in _GLUED or sign.startswith("°") else f"\u202f{sign}"


def decimals(value: float, unit: str, uncertainty: float | None) -> int:
    """Digits after the point: the uncertainty's first significant one; without it, what the unit deserves."""
    if uncertainty is not None and math.isfinite(uncertainty) and uncertainty > 0:
        return min(4, max(0, -math.floor(math.log10(uncertainty))))
    if unit in {"1", "deg", "%", "points", "steps/min", "px"}:
        return 0 if float(value).is_integer() or unit != "1" else 2
    if unit in {"m", "s", "m/s"}:
        return 2
    if unit in {"cm", "km/h", "mph"}:
        return 1
    return max(0, 2 - math.floor(math.log10(abs(value)))) if value and abs(value) < 100 else 0


def number(value: float, unit: str, uncertainty: float | None = None) -> str:
    """The number alone, rounded to what is known of it; a true minus sign; a dash where there is none."""
    if not math.isfinite(value):
        return "–"
    text = f"{value:.{decimals(value, unit, uncertainty)}f}"
    return text.replace("-", "\u2212") if float(text) else text.lstrip("-")


def apart(before: float, after: float, unit: str) -> tuple[float, int]:
    """How far two numbers are apart as both are shown, and with how many decimals: who subtracts finds the same."""
    digits = [decimals(value, unit, None) for value in (before, after)]
    first, last = (float(f"{value:.{shown}f}") for value, shown in zip((before, after), digits, strict=True))
    return round(last - first, max(digits)), max(digits)


def spread(value: float, unit: str, uncertainty: float | None) -> str:
    """`± 2°`; empty for an exact or unknown one."""
    if uncertainty is None or not math.isfinite(uncertainty) or uncertainty <= 0:
        return ""
    return f"±\u202f{uncertainty:.{decimals(value, unit, uncertainty)}f}{unit_sign(unit)}"


def doubt(value: float, unit: str, uncertainty: float | None) -> str:
    """The spread; in words where it is unknown: a bare number would pass for an exact one."""
    return "± unknown" if uncertainty is None and unit != "1" else spread(value, unit, uncertainty)


def measured(value: float, unit: str, uncertainty: float | None) -> str:
    """A measurement with what is known, or not known, of its spread."""
    told = doubt(value, unit, uncertainty) if math.isfinite(value) else ""
    return f"{quantity(value, unit)} {told}" if uncertainty is None and told else quantity(value, unit, uncertainty)


def quantity(value: float, unit: str, uncertainty: float | None = None) -> str:
    """Number, unit and uncertainty: `112° ± 3°`."""
    if not math.isfinite(value):
        return "–"
    told = spread(value, unit, uncertainty)
    return f"{number(value, unit, uncertainty)}{unit_sign(unit)}" + (f" {told}" if told else "")


def span_title(kind: str, label: str) -> str:
    """The name of an event: its label, else its kind."""
    return _plain(label or kind)
