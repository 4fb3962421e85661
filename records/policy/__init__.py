"""Versions of the policy in the records."""
