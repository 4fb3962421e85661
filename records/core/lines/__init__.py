"""The lines of an entry, each kind written by its own function."""
