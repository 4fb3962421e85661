"""The policy: every number that a sponsor may set, and who signs it (domain specification, sections 3 and 9)."""
