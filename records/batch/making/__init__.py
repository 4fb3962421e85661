"""Quantities, lots and last days in the records."""
