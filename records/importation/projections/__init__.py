"""Projections of imports."""
