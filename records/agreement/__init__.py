"""Quality agreements in the records."""
