"""Alembic's own entry: migrates on the connection that `gateway.migrate` opened."""

from __future__ import annotations

from alembic import context

from coachvision.gateway.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
context.run_migrations()
