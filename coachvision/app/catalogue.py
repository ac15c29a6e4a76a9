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
    return {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "tr"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


if __name__ == "__main__":
    json.dump(dict.fromkeys(texts(), ""), sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
