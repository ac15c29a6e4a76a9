"""The engine: one decode pass feeds many analyzers, in a worker process that may die without taking anything down.

Services call `supervisor.supervise`; the worker runs `engine.run`. Nobody else needs to look inside.
"""
