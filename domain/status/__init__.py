"""Decisions on a status: suspension, probation, reinstatement, ending (domain specification, section 5)."""
