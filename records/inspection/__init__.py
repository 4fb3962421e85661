"""Inspections by authorities in the records."""
