"""Every text that can be translated, for whoever writes a catalogue: `python -m coachvision.app.catalogue > de.json`.

They are the tables' (commands, screens, settings, kinds of drawings), the texts given to `words.tr` and its like in the
window, and the titles and hints of errors anywhere.
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

import coachvision
from coachvision.app import keymap
from coachvision.app.screens import SCREENS
from coachvision.core.drawing import KINDS
from coachvision.errors import Offline, SignedOut
from coachvision.settings import SETTINGS


def texts() -> list[str]:
    """All of them, sorted."""
    found = {place.title for place in SCREENS} | {command.title for command in keymap.COMMANDS} | set(keymap.GROUPS)
    found |= {command.gesture for command in keymap.COMMANDS}
    for setting in SETTINGS:
        found |= {setting.label, setting.help}
    found |= {kind.title for kind in KINDS.values()}
    for path in Path(coachvision.__file__).parent.rglob("*.py"):
        found |= _given(ast.parse(path.read_text(encoding="utf-8")))
    return sorted(found - {""})


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
            texts += [*call.args[:1], *(one.value for one in call.keywords if one.arg == "hint")]
        else:
            texts += [call.args[at] for at in _PLACES.get(call.func.id, ()) if at < len(call.args)]
    return {one.value for one in texts if isinstance(one, ast.Constant) and isinstance(one.value, str)}


if __name__ == "__main__":
    json.dump(dict.fromkeys(texts(), ""), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
