"""Authorisations of products over HTTP."""
