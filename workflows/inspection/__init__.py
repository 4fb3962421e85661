"""Inspections by authorities."""
