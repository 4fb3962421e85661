"""Decisions on a status."""
