"""Waiting for people, once for all procedures, and the relay."""
