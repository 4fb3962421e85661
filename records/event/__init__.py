"""Events at sites in the records."""
