"""The synthetic athlete and other scenes with known answers: for the demo, tests, benchmarks and the smoke test.

Imports core and video; services, tests and benchmarks may import it.
"""
