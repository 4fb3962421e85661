"""Supplier qualification: screening, questionnaire, documents, risk, decision (section 4)."""
