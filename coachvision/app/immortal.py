"""Keeps True and False alive under PySide 6.12 on Python 3.11. Imported by `coachvision.app` before anything else.

Measured: `Signal.emit` of PySide 6.12.0 gives True back without counting the reference, so that each emission takes one
away; after some hundreds Python aborts ("deallocating True or False"). From 3.12 on (PEP 683) they cannot die.
"""

from __future__ import annotations

import ctypes
import sys

# More than a year of emissions at 1000 a second, and far from what the counter holds.
_REFERENCES = 1 << 40


def keep_booleans() -> None:
    """Count references to them that nobody holds; CPython's count is the first word of an object."""
    if sys.version_info < (3, 12) and sys.implementation.name == "cpython":
        for value in (True, False):
            ctypes.c_ssize_t.from_address(id(value)).value += _REFERENCES
