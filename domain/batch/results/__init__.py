"""Specifications, what is measured against them, and what becomes of a result that fails."""
