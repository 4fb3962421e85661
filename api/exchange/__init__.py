"""Technical exchanges over HTTP."""
