"""People on licences in the records."""
