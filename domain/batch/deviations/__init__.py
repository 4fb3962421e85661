"""Departures of a batch from what is approved, and the batches that are concerned with it."""
