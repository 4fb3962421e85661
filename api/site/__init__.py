"""Suppliers, sites, calendars and certificates over HTTP."""
