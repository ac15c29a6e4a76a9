"""Structured logs of a service: one JSON object a line on stderr, without secrets. For edge and gateway.

Nothing sensitive is handed to the log in the first place (no headers, no query, no body, routes instead of paths);
what slips in through an exception's words is masked here.
"""

from __future__ import annotations

import json
import logging
import re
import sys
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import UTC, datetime

from coachvision.clock import iso

current_request: ContextVar[str] = ContextVar("current_request", default="")
MASK = "***"
_PATTERNS = (
    re.compile(r"(?<=\bBearer )\S+|(?<=\bGuest )\S+|(?<=\bDelegation )\S+", re.IGNORECASE),
    re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"),
    re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"),
    re.compile(r"(?<=X-Amz-)(?:Signature|Credential|Security-Token)=[^&\s'\"]+", re.IGNORECASE),
    re.compile(r"(?<=/s/)[\w-]{20,}"),
)
_FIELDS = ("method", "route", "status", "ms", "action")


class Masked(logging.Formatter):
    """Records as JSON lines. secrets: values of this deployment that must not appear whatever happens."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        super().__init__()
        # Short ones would mask half of every line.
        self._secrets = tuple(sorted((s for s in secrets if len(s) >= 6), key=len, reverse=True))

    def mask(self, text: str) -> str:
        """The text without anything that looks like a token, a signature or one of the secrets."""
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        for pattern in _PATTERNS:
            text = pattern.sub(MASK, text)
        return text

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "at": iso(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self.mask(record.getMessage()),
        }
        if request := current_request.get():
            told["request_id"] = request
        told |= {name: getattr(record, name) for name in _FIELDS if hasattr(record, name)}
        if record.exc_info:
            told["traceback"] = self.mask(self.formatException(record.exc_info))
        return json.dumps(told, ensure_ascii=False)


def configure(secrets: Iterable[str] = ()) -> None:
    """Send every record of level INFO and above to stderr in this form; libraries that tell requests, from WARNING."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Masked(secrets))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in ("botocore", "boto3", "urllib3", "httpx", "httpcore", "uvicorn.access", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)
