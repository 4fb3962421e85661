"""Departures in the records, and the batches that are concerned with them."""
