"""Certificates, specifications and results in the records."""
