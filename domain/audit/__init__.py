"""Quality audits, their findings, the answers to them, CAPAs and the annual programme (section 6)."""
