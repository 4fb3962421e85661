"""Questions put to the projections."""
