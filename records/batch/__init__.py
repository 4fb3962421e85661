"""Batches, their analysis and their holds in the records."""
