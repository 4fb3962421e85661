"""Projections are functions of the journal: applied as events are written, and again by a rebuild."""
