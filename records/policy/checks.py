"""Checks of a new version of the policy."""

from pydantic import JsonValue, ValidationError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.people import SYSTEM
from domain.core.refusals import Code, Refused, broken
from domain.policy.change import PolicyChange, next_version
from domain.policy.policy import Policy, changes
from domain.policy.supplement import Body, lacking, supplemented
from records.core.checks.changes import part, refuse_unless_allowed
from records.core.declared import Effect, checks_event
from records.core.tables.master_data import PolicyRow
from records.core.writing import Writing


@checks_event("policy.loaded")
async def loads_policy(writing: Writing, payload: Effect) -> Effect:
    """The first version comes with the program, and so do keys that it came to know later. The rest is signed."""
    loaded = Policy.model_validate(payload["policy"])
    rows = (await writing.session.exec(select(PolicyRow).order_by(col(PolicyRow.version)))).all()
    if writing.actor == SYSTEM and not rows:
        return {}
    base = next((row for row in reversed(rows) if _supplements(loaded, row.body, rows[-1].version + 1)), None)
    if writing.actor != SYSTEM or base is None:
        raise Refused(Code.CONFLICT, "There is a policy; it is changed under a signature.")
    added: list[JsonValue] = [change.model_dump(mode="json") for change in lacking(base.body, loaded)]
    return {"supplements": base.version, "changes": added}


def _supplements(loaded: Policy, earlier: Body, following: int) -> bool:
    """Whether a policy differs from an earlier one in nothing but keys that this one lacks."""
    try:
        return loaded == supplemented(earlier, loaded, version=following, at=loaded.effective_from)
    except ValidationError:
        return False


@checks_event("policy.change-policy")
async def changes_policy(writing: Writing, payload: Effect) -> Effect:
    """The change record: every key with its old and its new value."""
    await refuse_unless_allowed(writing, PolicyChange)
    change = PolicyChange.stored(part(payload, "form"))
    before = await newest(writing.session)
    if before is None:
        raise Refused(Code.NOT_FOUND, "No policy has been loaded.")
    after = next_version(change, before, writing.at)
    _refuse_unknown_offices(writing, after)
    return {
        "version": after.version,
        "effective_from": after.effective_from.isoformat(),
        "changes": [change.model_dump(mode="json") for change in changes(before, after)],
    }


def _refuse_unknown_offices(writing: Writing, policy: Policy) -> None:
    """Raise `Refused` where days shall be counted in a place whose public holidays are not known."""
    faults: dict[str, str] = {}
    for place, office in policy.offices().items():
        try:
            writing.policies.office_calendar(office, writing.at)
        except Refused as refused:
            faults |= {f"policy.{place}.{field}": fault for field, fault in refused.refusal.fields.items()}
    if faults:
        raise broken("section 20", "The public holidays of these places are not known.", **faults)


async def newest(session: AsyncSession) -> Policy | None:
    """The version that was made last, whether or not it is in force yet."""
    row = (await session.exec(select(PolicyRow).order_by(col(PolicyRow.version).desc()).limit(1))).first()
    return Policy.model_validate(row.body) if row else None
