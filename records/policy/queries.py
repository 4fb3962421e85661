"""The policy and its versions. It is the sponsor's own (S6)."""

from datetime import datetime

from pydantic import AwareDatetime, JsonValue, TypeAdapter
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event, Signature
from domain.core.people import Actor
from domain.core.refusals import Code, Refused
from domain.core.view import View
from domain.policy.change import POLICY
from domain.policy.policy import Change, Policy
from records.core.policies import Policies
from records.core.queries import pages
from records.core.queries.visibility import reads_everything
from records.core.tables.journal import EventRow
from records.core.tables.master_data import PolicyRow

_CHANGES = TypeAdapter(tuple[Change, ...])


class PolicyVersion(View):
    """A version of the policy and the signed record of what it changed."""

    version: int
    effective_from: AwareDatetime
    changes: tuple[Change, ...] = ()
    """Every key that changed, with its old and its new value; none for the version that the system came with."""
    supplements: int | None = None
    """The version that this one only adds keys to which the program came to know; nobody has signed it."""
    reason: str | None = None
    signature: Signature | None = None


class PolicyVersionList(View):
    """A page of policy versions."""

    items: tuple[PolicyVersion, ...]
    next: str | None = None


async def policy_at(session: AsyncSession, actor: Actor, *, at: datetime, version: int | None = None) -> Policy:
    """The policy in force, or one version of it. Raises `Refused`: WRONG_ORGANISATION, NOT_FOUND."""
    _refuse_outsiders(actor)
    if version is None:
        return await Policies().in_force(session, at)
    row = await session.get(PolicyRow, version)
    if row is None:
        raise Refused(Code.NOT_FOUND, f"There is no version {version} of the policy.")
    return Policy.model_validate(row.body)


async def policy_versions(session: AsyncSession, actor: Actor, *, cursor: str | None, limit: int) -> PolicyVersionList:
    """The versions with their change records, newest first."""
    _refuse_outsiders(actor)
    query = select(EventRow).where(
        col(EventRow.stream) == POLICY, col(EventRow.type).in_(["policy.loaded", "policy.change-policy"])
    )
    if cursor is not None:
        query = query.where(col(EventRow.number) < pages.number(cursor))
    rows = (await session.exec(query.order_by(col(EventRow.number).desc()).limit(limit + 1))).all()
    following = pages.encode((rows[limit - 1].number,)) if len(rows) > limit else None
    return PolicyVersionList(items=tuple(_shown(row) for row in rows[:limit]), next=following)


def _refuse_outsiders(actor: Actor) -> None:
    if not reads_everything(actor):
        raise Refused(Code.WRONG_ORGANISATION, "The policy is the sponsor's own.", rule="S6")


def _shown(row: EventRow) -> PolicyVersion:
    event = Event.model_validate_json(row.body)
    effect, form = _part(event.payload.get("effect")), _part(event.payload.get("form"))
    loaded = _part(event.payload.get("policy"))
    return PolicyVersion.model_validate(
        {
            "version": effect.get("version", loaded.get("version")),
            "effective_from": effect.get("effective_from", loaded.get("effective_from")),
            "changes": _CHANGES.validate_python(effect.get("changes", ())),
            "supplements": effect.get("supplements"),
            "reason": form.get("reason"),
            "signature": event.signature,
        }
    )


def _part(value: JsonValue) -> dict[str, JsonValue]:
    return value if isinstance(value, dict) else {}
