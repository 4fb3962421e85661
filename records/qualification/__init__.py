"""Qualifications, questionnaires, documents and risk in the records."""
