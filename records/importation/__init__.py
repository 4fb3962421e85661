"""Imports in the records: consignments, and the authorisations under which they arrive."""
