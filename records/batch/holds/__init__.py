"""Holds in the records: who has placed them, on which fact, and what stands in the way of their end."""
