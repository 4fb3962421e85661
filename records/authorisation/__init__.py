"""Authorisations of products in the records."""
