"""Checks: what only the database knows, asked in the transaction that writes."""
