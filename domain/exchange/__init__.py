"""The technical exchange, and the parameter sets that it agrees on (domain specification, section 7)."""
