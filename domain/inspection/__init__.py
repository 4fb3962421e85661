"""Inspections of sites by authorities, and the answers to them (domain specification, sections 5 and 10)."""
