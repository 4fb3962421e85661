"""How long tests wait for what is bound to happen."""

PATIENCE = 300.0
"""Seconds after which a wait gives up. Only what hangs takes so long, never a loaded machine."""
