"""What reaches the log has no tokens, signatures or keys in it."""

from __future__ import annotations

import json
import logging
import sys

from coachvision.web.logs import MASK, Masked

SECRETS = (
    "Bearer abc.def.ghi", "guest 5cRPd-2qcZbSPRYGqVnLQJk7h_ZUVMhxhB0hWqzq5Xg",
    "x: Delegation AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHHIIIIJJJJKKK", "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln",
    "https://s3.example/b/k?X-Amz-Signature=0123456789abcdef&x=1", "postgresql://club:hunter2secret@db.example/x",
    "GET /s/5cRPd-2qcZbSPRYGqVnLQJk7h_ZUVMhxhB0hWqzq5Xg/play", "the key is top-secret-key",
)  # fmt: skip
PARTS = ("abc.def", "5cRPd", "AAAABBBB", "c2ln", "0123456789abcdef", "hunter2secret", "top-secret-key")


def record(message: str, *arguments: object, exception: BaseException | None = None) -> logging.LogRecord:
    info = (type(exception), exception, exception.__traceback__) if exception else None
    return logging.LogRecord("coachvision.web", logging.INFO, "x.py", 1, message, arguments, info)


def test_secrets_are_masked_in_messages_arguments_and_tracebacks() -> None:
    formatter = Masked(["top-secret-key", "short"])
    for secret in SECRETS:
        lines = [formatter.format(record(secret)), formatter.format(record("%s", secret))]
        try:
            raise RuntimeError(secret)
        except RuntimeError:
            lines.append(formatter.format(record("unexpected", exception=sys.exception())))
        for line in lines:
            assert MASK in line
            assert not [part for part in PARTS if part in line]
            assert json.loads(line)["logger"] == "coachvision.web"


def test_a_line_is_one_json_object_whatever_it_holds() -> None:
    line = Masked().format(record('two\nlines "quoted" \x1b[31m \u2028 {}'))
    assert "\n" not in line
    assert json.loads(line)["message"].startswith("two\nlines")
