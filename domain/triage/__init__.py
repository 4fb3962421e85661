"""What follows from an event at a site (domain specification, sections 5 and 10)."""
