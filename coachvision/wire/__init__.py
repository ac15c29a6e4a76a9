"""Pydantic contracts of every message and document that leaves the machine. Imports the base alone; anyone uses it."""
