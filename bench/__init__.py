"""Benchmark: `python -m bench`."""
