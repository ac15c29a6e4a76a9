"""Whether the computer runs on its battery, which a long analysis would empty. For windows."""

from __future__ import annotations

import psutil


def on_battery() -> bool:
    """True while it draws on the battery; False with mains power, and where there is no battery to ask."""
    battery = psutil.sensors_battery()
    return battery is not None and battery.power_plugged is False
