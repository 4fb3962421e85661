"""The read path: questions put to the projections, at most two statements for a list."""
