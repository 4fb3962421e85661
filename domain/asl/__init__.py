"""The approved supplier list: the status of each site and scope, and what may be asked of it (section 5)."""
