"""People on licences over HTTP."""
