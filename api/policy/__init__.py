"""The policy over HTTP."""
