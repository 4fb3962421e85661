"""Procedures of the quality agreement."""
