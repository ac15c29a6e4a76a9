"""Every text that can be translated, for whoever writes a catalogue: `python -m coachvision.app.catalogue > de.json`.

They are the tables' (commands, screens, settings) and the texts given to `words.tr` anywhere in the window.
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

from coachvision.app import keymap
from coachvision.app.screens import SCREENS
from coachvision.settings import SETTINGS


def texts() -> list[str]:
    """All of them, sorted."""
    found = {place.title for place in SCREENS} | {command.title for command in keymap.COMMANDS} | set(keymap.GROUPS)
    for setting in SETTINGS:
        found |= {setting.label, setting.help}
    for path in Path(__file__).parent.rglob("*.py"):
        found |= _given_to_tr(ast.parse(path.read_text(encoding="utf-8")))
    return sorted(found)


def _given_to_tr(tree: ast.AST) -> set[str]:
    """What `tr` says, and what `counted` says of one and of many."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    places = {"tr": (0,), "counted": (1, 2)}
    given = [call.args[at] for call in calls for at in places.get(ast.unparse(call.func), ()) if at < len(call.args)]
    return {one.value for one in given if isinstance(one, ast.Constant) and isinstance(one.value, str)}


if __name__ == "__main__":
    json.dump(dict.fromkeys(texts(), ""), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
