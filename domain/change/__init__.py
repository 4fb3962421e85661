"""Changes that sites announce, and their control (domain specification, section 5)."""
