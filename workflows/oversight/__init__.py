"""Oversight for years."""
