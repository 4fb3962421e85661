"""Checks of subscriptions: who may have them, and whether a change is still current."""

from domain.core.refusals import Code, Refused
from domain.core.webhook import Rekeying, Subscription, SubscriptionChange, Unsubscription
from records.core.checks.changes import changed, part, refuse_unless_allowed
from records.core.declared import Effect, checks_event
from records.core.tables.master_data import WebhookRow
from records.core.writing import Writing


@checks_event("webhook.registered")
async def registers_webhook(writing: Writing, _: Effect) -> Effect:
    """A new subscription is permitted to the caller."""
    await refuse_unless_allowed(writing, Subscription)
    return {"id": writing.entry.stream}


@checks_event("webhook.changed")
async def changes_webhook(writing: Writing, payload: Effect) -> Effect:
    """A change of a subscription is permitted and based on the newest version."""
    await refuse_unless_allowed(writing, SubscriptionChange)
    row = await _known(writing)
    return changed(writing, row, row.version, part(payload, "set"))


@checks_event("webhook.rekeyed")
async def rekeys_webhook(writing: Writing, _: Effect) -> Effect:
    """A new secret is for a known subscription."""
    await refuse_unless_allowed(writing, Rekeying)
    return {"version": (await _known(writing)).version + 1}


@checks_event("webhook.removed")
async def removes_webhook(writing: Writing, payload: Effect) -> Effect:
    """A subscription is removed only in its newest version."""
    await refuse_unless_allowed(writing, Unsubscription)
    row = await _known(writing)
    if payload["version"] != row.version:
        raise Refused(Code.VERSION_STALE, f"The record has changed; it is now version {row.version}.")
    return {}


async def _known(writing: Writing) -> WebhookRow:
    row = await writing.session.get(WebhookRow, writing.entry.stream)
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such webhook.")
    return row
