"""The approved supplier list in the records."""
