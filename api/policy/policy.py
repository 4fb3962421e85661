"""The policy: what is in force, its versions, and changing it under a signature."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Response

from api.core.auth import Caller
from api.core.problems import declared
from api.core.recording import Cursor, Limit, Recording, tag
from api.core.tools import ToolsOf
from domain.policy.change import POLICY, THE_POLICY, PolicyChange
from domain.policy.policy import Policy
from records.policy.queries import PolicyVersionList, policy_at, policy_versions

router = APIRouter(prefix="/v1/policy", tags=["policy and calendars"], responses=declared(401, 403, 422))

Version = Annotated[int | None, Query(ge=1, le=10**9, description="A version instead of the one in force.")]


@router.get("", responses=declared(404))
async def show_policy(caller: Caller, tools: ToolsOf, response: Response, version: Version = None) -> Policy:
    """The policy in force now."""
    async with tools.database.reading() as session:
        policy = await policy_at(session, caller, at=tools.clock(), version=version)
    tag(response, policy.version)
    return policy


@router.get("/versions")
async def list_policy_versions(
    caller: Caller, tools: ToolsOf, cursor: Cursor = None, limit: Limit = 50
) -> PolicyVersionList:
    """All versions with their signed change records, newest first."""
    async with tools.database.reading() as session:
        return await policy_versions(session, caller, cursor=cursor, limit=limit)


@router.put("", responses=declared(412))
async def change_policy(
    form: PolicyChange,
    caller: Caller,
    tools: ToolsOf,
    recording: Recording,
    response: Response,
    signature_token: Annotated[str | None, Header(max_length=200)] = None,
) -> Policy:
    """Put a new version in force. Signed as APPROVED: get a token for record POLICY, action change-policy."""
    await recording.sign(THE_POLICY, POLICY, form, token=signature_token)
    return await show_policy(caller, tools, response, form.record_version())
