"""The control of changes."""
