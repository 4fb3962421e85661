"""Imports as people read them."""
