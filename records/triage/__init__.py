"""What the triage of an event brings about in the records."""
