"""Gates and quantities over HTTP."""
