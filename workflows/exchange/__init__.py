"""The technical exchange."""
