"""Quality agreements over HTTP."""
