"""Status cases in the records."""
