"""From SI to the units the coach has chosen, for showing only: whatever is stored stays in metres and metres a second.

Anyone may call it. Foot, inch and mile are exact (international yard and pound agreement, 1959).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LengthUnit = Literal["m", "cm", "ft-in"]
SpeedUnit = Literal["m/s", "km/h", "mph"]

_INCH_M = 0.0254
_MILE_M = 1609.344


@dataclass(frozen=True)
class Units:
    """The coach's choice."""

    length: LengthUnit = "m"
    speed: SpeedUnit = "m/s"


def length_in(metres: float, unit: LengthUnit) -> float:
    """A length as a plain number: metres, centimetres, or inches in all for `ft-in`."""
    return metres / {"m": 1.0, "cm": 0.01, "ft-in": _INCH_M}[unit]


def speed_in(metres_per_second: float, unit: SpeedUnit) -> float:
    """A speed as a plain number of that unit."""
    return metres_per_second / {"m/s": 1.0, "km/h": 1000.0 / 3600.0, "mph": _MILE_M / 3600.0}[unit]


def show_length(metres: float, unit: LengthUnit) -> str:
    """`1.83 m`, `183.0 cm` or `6 ft 0.0 in`."""
    if unit != "ft-in":
        return f"{length_in(metres, unit):.{2 if unit == 'm' else 1}f} {unit}"
    tenths = round(abs(length_in(metres, unit)) * 10)
    sign = "-" if metres < 0 and tenths else ""
    feet, rest = divmod(tenths, 120)
    return f"{sign}{feet} ft {rest / 10:.1f} in" if feet else f"{sign}{rest / 10:.1f} in"


def show_speed(metres_per_second: float, unit: SpeedUnit) -> str:
    """`3.42 m/s`, `12.3 km/h` or `7.7 mph`."""
    return f"{speed_in(metres_per_second, unit):.{2 if unit == 'm/s' else 1}f} {unit}"


def shown(value: float, unit: str, units: Units) -> tuple[float, str]:
    """A stored value and unit as the coach wants it: m and m/s are converted (feet as decimal ft), the rest is not."""
    if unit == "m":
        if units.length == "ft-in":
            return length_in(value, "ft-in") / 12.0, "ft"
        return length_in(value, units.length), units.length
    if unit == "m/s":
        return speed_in(value, units.speed), units.speed
    return value, unit
