"""The approved supplier list over HTTP."""
