"""The business of supplier oversight as pure data and pure rules: no clock, no I/O."""
