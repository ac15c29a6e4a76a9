"""Numbers in the units the coach has chosen, as text: what windows and tables show. Files keep SI. For fronts."""

from __future__ import annotations

from dataclasses import dataclass

from coachvision import settings
from coachvision.core.units import LengthUnit, SpeedUnit, Units, length_in, show_length, shown
from coachvision.services.export.words import doubt, number, unit_sign

_LENGTHS: dict[str, LengthUnit] = {"m": "m", "cm": "cm", "ft-in": "ft-in"}
_SPEEDS: dict[str, SpeedUnit] = {"m/s": "m/s", "km/h": "km/h", "mph": "mph"}


@dataclass(frozen=True)
class Told:
    """A number as text. unit: with the space before it, "" where the number has it in it. spread: with unit."""

    number: str
    unit: str
    spread: str

    @property
    def text(self) -> str:
        """Number and unit."""
        return f"{self.number}{self.unit}"


def told_units() -> Units:
    """What the settings say."""
    chosen = settings.load()
    return units_of(chosen)


def units_of(chosen: settings.Settings) -> Units:
    """The units among the settings."""
    return Units(_LENGTHS[chosen.text("units.length")], _SPEEDS[chosen.text("units.speed")])


def told_change(change: float, unit: str, units: Units, points: tuple[str, str]) -> str:
    """How much a stored value grew or fell, with its sign; without one where that rounds to nought.

    points: what the difference of two percentages is told in, for one and for many; per cent would be something else.
    """
    words = told(abs(change), unit, units)
    sign = "" if not any(digit in words.number for digit in "123456789") else "+" if change > 0 else "\u2212"
    one, many = points
    of_shares = f"\u202f{one if words.number == '1' else many}"
    return f"{sign}{words.number}{of_shares if unit == '%' else words.unit}"


def told(value: float, unit: str, units: Units, uncertainty: float | None = None) -> Told:
    """A stored value in the coach's units: lengths and speeds are converted, the rest is not."""
    if unit == "m" and units.length == "ft-in":
        spread = "± unknown" if uncertainty is None else ""
        if uncertainty:
            spread = f"±\u202f{length_in(uncertainty, 'ft-in'):.1f}\u202fin"
        return Told(show_length(value, "ft-in").replace("-", "\u2212"), "", spread)
    converted, name = shown(value, unit, units)
    wider = None if uncertainty is None else shown(uncertainty, unit, units)[0]
    return Told(number(converted, name, wider), unit_sign(name), doubt(converted, name, wider))
