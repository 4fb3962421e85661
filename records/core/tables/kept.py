"""Tables that a rebuild leaves alone: the journal itself, and secrets."""

SECRETS = frozenset({"accounts", "webhook_secrets", "signature_tokens", "calendar_feeds"})


JOURNAL = frozenset({"events", "streams", "commands", "counters", "outbox"})
"""Tables that are not projections: the journal itself, and what must survive a rebuild."""
