"""Checks of imports."""
