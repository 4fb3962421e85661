"""The journal, its transaction and what it reads itself. It knows no context."""
