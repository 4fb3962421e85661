"""Suppliers, sites, scopes, calendars and certificates in the records."""
