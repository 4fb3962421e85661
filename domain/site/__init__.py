"""Suppliers, their sites and scopes, calendars and certificates (domain specification, sections 1 and 5)."""
