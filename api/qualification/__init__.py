"""Questionnaires and registers over HTTP."""
