"""Projections, as functions of the journal."""
