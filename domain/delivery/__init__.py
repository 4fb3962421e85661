"""Deliveries of batches, their transport and their quarantine (domain specification, section 8)."""
