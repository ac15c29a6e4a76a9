"""Brings the database up to date with Alembic. For `app`; safe when several processes start at once."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from coachvision.gateway.engines import make_engine

_FOLDER = Path(__file__).with_name("migrations")
# Any number that is ours: PostgreSQL's advisory lock, so that one process migrates and the others wait.
_LOCK = 0x436F6163


def upgrade(url: str) -> None:
    """Apply what is missing. Raises sqlalchemy's errors."""
    engine = make_engine(url, wait_s=None)
    try:
        with engine.connect().execution_options(writes=True, durable=True) as connection, connection.begin():
            if connection.dialect.name == "postgresql":
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
            command.upgrade(configuration(connection), "head")
    finally:
        engine.dispose()


def configuration(connection: Connection) -> Config:
    """Alembic's configuration on an open connection; it is used by `migrations/env.py`."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
