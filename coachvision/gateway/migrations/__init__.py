"""Alembic's migrations of the gateway's database, run by `gateway.migrate`."""
