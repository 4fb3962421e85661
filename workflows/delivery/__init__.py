"""The delivery of a batch."""
