"""Consignments that arrive from another country, and what imports ask for (domain specification, section 18)."""
