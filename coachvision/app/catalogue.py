"""Every text that can be translated, for whoever writes a catalogue: `python -m coachvision.app.catalogue > de.json`.

They are the tables' (commands, screens, settings, kinds of drawings), the texts given to `words.tr` and its like in the
window, the names of numbers and curves, and what errors say anywhere: `{1}`, `{2}` stand for what they name.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from pathlib import Path

import coachvision
from coachvision.app import keymap
from coachvision.app.screens import SCREENS
from coachvision.core.drawing import KINDS
from coachvision.core.kinematics import SEGMENTS
from coachvision.errors import Offline, SignedOut
from coachvision.services.cards import NEXT_BEST
from coachvision.services.export.words import FLEXING, HEADLINES, metric_title, series_title
from coachvision.settings import SETTINGS


def texts() -> list[str]:
    """All of them, sorted."""
    found = {place.title for place in SCREENS} | {command.title for command in keymap.COMMANDS} | set(keymap.GROUPS)
    found |= {command.gesture for command in keymap.COMMANDS}
    for setting in SETTINGS:
        found |= {setting.label, setting.help}
    found |= {kind.title for kind in KINDS.values()} | _names()
    for path in Path(coachvision.__file__).parent.rglob("*.py"):
        found |= _given(ast.parse(path.read_text(encoding="utf-8")))
    return sorted(found - {""})


_SEGMENTS = ("trunk", *(f"{side}_{part}" for side in ("left", "right") for part in SEGMENTS))
# Which arguments are texts: of one, and of one and many.
_PLACES = {"tr": (0,), "said": (0,), "counted": (1, 2)}
# Errors that are named after a state.
_STATES = {Offline.__name__, SignedOut.__name__}


def _given(tree: ast.AST) -> set[str]:
    """What is given to them, and what errors say in plain words."""
    texts: list[ast.expr] = []
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name):
            continue
        if call.func.id.endswith("Error") or call.func.id in _STATES:
            texts += [*call.args[:2], *(one.value for one in call.keywords if one.arg == "hint")]
        else:
            texts += [call.args[at] for at in _PLACES.get(call.func.id, ()) if at < len(call.args)]
    return {_text(one) for one in texts}


def _text(given: ast.expr) -> str:
    """What is written, with numbers in braces for what is filled in; "" for what is no text."""
    if isinstance(given, ast.Constant):
        return given.value if isinstance(given.value, str) else ""
    if not isinstance(given, ast.JoinedStr):
        return ""
    filled: list[str] = []
    text = ""
    for part in given.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
            continue
        if (what := ast.unparse(part)) not in filled:
            filled.append(what)
        text += f"{{{filled.index(what) + 1}}}"
    # Of one that is nothing but what is filled in nothing can be said.
    return text if re.search(r"[^\W\d]{2,}", text) else ""


def _names() -> set[str]:
    """Numbers and curves of our own analyzers, and what the cards call them."""
    joints = [*FLEXING, *(f"{side}_{joint}" for side in ("left", "right") for joint in FLEXING)]
    found = {metric_title(name) for name in HEADLINES} | {series_title(f"angle.{joint}") for joint in joints}
    found |= {metric_title(f"angle.{joint}.{which}") for joint in joints for which in ("max", "min", "range")}
    found |= {metric_title(f"angle.{joint}.asymmetry") for joint in FLEXING}
    found |= {series_title(f"segment.{name}") for name in _SEGMENTS}
    return found | set(NEXT_BEST.values())


if __name__ == "__main__":
    json.dump(dict.fromkeys(texts(), ""), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
