"""Audit programmes over HTTP."""
