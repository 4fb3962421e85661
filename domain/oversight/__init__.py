"""Oversight for years: what falls due, renewals, scorecards and quarterly reviews (section 5)."""
