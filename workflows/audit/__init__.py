"""The quality audit and the CAPA."""
