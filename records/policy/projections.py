"""Versions of the policy, as functions of the journal."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.policy.change import PolicyChange
from domain.policy.policy import Policy
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.core.tables.master_data import PolicyRow


@follows("policy.loaded")
async def load_policy(session: AsyncSession, event: Event) -> None:
    """A policy as loaded from its file."""
    _keep_policy(session, Policy.model_validate(event.payload["policy"]))


@follows("policy.change-policy")
async def change_policy(session: AsyncSession, event: Event) -> None:
    """A changed policy, in force from the instant its effect says."""
    change, effect = submitted(event, PolicyChange), part(event, "effect")
    since = datetime.fromisoformat(str(effect["effective_from"]))
    _keep_policy(session, change.policy.model_copy(update={"version": effect["version"], "effective_from": since}))


def _keep_policy(session: AsyncSession, policy: Policy) -> None:
    """As it was written: what a later version of the program knows besides is no part of it."""
    body = policy.model_dump(mode="json", exclude_unset=True)
    session.add(PolicyRow(version=policy.version, effective_from=policy.effective_from, body=body))
