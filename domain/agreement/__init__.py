"""Quality agreements: what they say, how they are signed and reviewed (domain specification, section 4)."""
