"""Events at sites, as they are reported (domain specification, section 5)."""
