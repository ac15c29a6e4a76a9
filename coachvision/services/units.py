"""Numbers in the units the coach has chosen, as text: what windows and tables show. Files keep SI. For fronts."""

from __future__ import annotations

from dataclasses import dataclass

from coachvision import settings
from coachvision.core.units import LengthUnit, SpeedUnit, Units, length_in, show_length, shown
from coachvision.services.export.words import apart, doubt, number, unit_sign

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


def told_change(before: float, after: float, unit: str, units: Units, points: tuple[str, str]) -> str:
    """How much a stored value grew or fell, as far as the two are apart as they are told; with its sign, if it did.

    points: what the difference of two percentages is told in, for one and for many; per cent would be something else.
    """
    if unit == "m" and units.length == "ft-in":
        # Told to tenths of an inch.
        tenths = [round(length_in(value, "ft-in") * 10) for value in (before, after)]
        change = float(tenths[1] - tenths[0])
        text = show_length(abs(change) / 10 / length_in(1.0, "ft-in"), "ft-in")
    else:
        first, name = shown(before, unit, units)
        change, digits = apart(first, shown(after, unit, units)[0], name)
        words = f"{abs(change):.{digits}f}"
        one, many = points
        text = words + (f"\u202f{one if words == '1' else many}" if unit == "%" else unit_sign(name))
    return f"{_sign(change)}{text}"


def _sign(change: float) -> str:
    return "" if not change else "+" if change > 0 else "\u2212"


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
