"""The triage of an event."""
