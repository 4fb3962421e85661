"""Audits, findings and CAPAs in the records."""
