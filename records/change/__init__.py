"""Changes at sites in the records."""
