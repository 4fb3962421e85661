"""Scorecards over HTTP."""
