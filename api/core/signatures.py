"""Signing: password once more, and a one-time token bound to one record, one form and one meaning (21 CFR 11.200)."""

import secrets
from datetime import timedelta

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, JsonValue, ValidationError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from api.core.auth import Caller
from api.core.problems import declared
from api.core.tools import ToolsOf
from domain.core.anew import refuse_unless_good_anew
from domain.core.forms import Form, Meaning, Process, record_hash, sha256
from domain.core.people import NEVER_SIGN, Actor, refuse_under_delegation
from domain.core.refusals import Code, Refused, broken
from domain.core.text import Identifier
from domain.processes import form_of
from domain.record_kinds import RECORD_KINDS, kind_of
from records.core.people.accounts import METHOD, authenticate
from records.core.policies import limits_in_force
from records.core.queries.visibility import sees_cases
from records.core.tables.cases import CaseRow
from records.core.tables.journal import SignatureTokenRow
from records.core.tables.master_data import PersonRow

router = APIRouter(prefix="/v1/signatures", tags=["signatures"])

_STATEMENTS = {
    Meaning.AUTHORED: "wrote this",
    Meaning.REVIEWED: "have reviewed this",
    Meaning.APPROVED: "approve this",
    Meaning.REJECTED: "reject this",
    Meaning.CERTIFIED: "certify this",
    Meaning.DISPOSITIONED: "decide on the batch",
    Meaning.ACKNOWLEDGED: "acknowledge this",
    Meaning.WAIVED: "waive this",
}


_EXAMPLES = ", ".join(f"{kind.called.lower()} ({kind.example})" for kind in RECORD_KINDS)


class SignatureRequest(BaseModel):
    """What is to be signed: the very form that is then sent with the action."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    password: str = Field(min_length=1, max_length=200, repr=False)
    """The password of the account in use, given anew for every signature."""
    record: Identifier = Field(
        examples=["AUD-1"], description=f"The case, or the number of a record beside cases: {_EXAMPLES}."
    )
    action: str = Field(max_length=60, examples=["approve-report"])
    """The action the form belongs to."""
    form: dict[str, JsonValue]
    """The form."""
    meaning: Meaning | None = Field(default=None, examples=[Meaning.APPROVED])
    """The meaning the signer has in mind; refused if the form is signed with another."""


class SignatureToken(BaseModel):
    """Good for one submission of that form. Send it as `Signature-Token`."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    token: str
    meaning: Meaning
    statement: str
    """What is signed, in words, with the printed name (21 CFR 11.50)."""
    record_hash: str
    """SHA-256 of record, action and form."""
    expires_at: AwareDatetime


@router.post("", status_code=201, responses=declared(401, 403, 404, 422))
async def sign(request: SignatureRequest, caller: Caller, tools: ToolsOf) -> SignatureToken:
    """Give the password and get a token for one signature."""
    if caller.roles & NEVER_SIGN:
        raise Refused(Code.SEGREGATION_OF_DUTIES, "Administrators and operators cannot sign.", rule="S10")
    async with tools.database.reading() as session:
        form_class = await _form_class(session, caller, request.record, request.action)
        limits = await limits_in_force(session, tools.clock())
        signer = await _printed(session, caller)
    form = _checked(form_class, request.form)
    if form.is_personal():
        refuse_under_delegation(caller)
    meaning = _meaning(form, request.meaning)
    await authenticate(tools.database, caller.user, request.password, limits)
    token, digest = secrets.token_urlsafe(32), record_hash(request.record, form)
    async with tools.database.writing() as session:
        now = await tools.database.now(session)
        expires_at = now + timedelta(minutes=limits.signature_token_minutes)
        session.add(
            SignatureTokenRow(
                token_hash=sha256(token),
                person=caller.person,
                user=caller.user,
                record_id=request.record,
                action=request.action,
                record_hash=digest,
                meaning=meaning.value,
                method=METHOD,
                issued_at=now,
                expires_at=expires_at,
            )
        )
    return SignatureToken(
        token=token,
        meaning=meaning,
        statement=f"I, {signer}, {_STATEMENTS[meaning]}: {request.record}, {form.action.title}.",
        record_hash=digest,
        expires_at=expires_at,
    )


async def _printed(session: AsyncSession, actor: Actor) -> str:
    """The printed name; under a delegation also whose act it is (S11)."""
    if actor.on_behalf_of is None:
        return actor.name
    delegator = await session.get_one(PersonRow, actor.on_behalf_of)
    return f"{actor.name}, for {delegator.name}"


async def _form_class(session: AsyncSession, actor: Actor, record: str, action: str) -> type[Form]:
    if (kind := kind_of(record)) is not None:
        return kind.find(action)
    query = select(CaseRow.process).where(col(CaseRow.case_id) == record, sees_cases(actor))
    process = (await session.exec(query)).first()
    if process is None:
        raise Refused(Code.NOT_FOUND, _unknown(record), fields={"record": "unknown"}, rule="S6")
    return form_of(Process(process), action)


def _unknown(record: str) -> str:
    """What a record would have to be called, by how its name begins."""
    alike = (kind for kind in RECORD_KINDS if record.upper().startswith(kind.prefix.rstrip("-")))
    if (kind := next(alike, None)) is not None:
        return f"{kind.called} is named as in {kind.example}; {record} is none."
    return f"There is no such case, and no other record is named so: {_EXAMPLES}."


def _checked(form_class: type[Form], given: dict[str, JsonValue]) -> Form:
    try:
        form = form_class.model_validate(given)
    except ValidationError as error:
        faults = {".".join(map(str, ("form", *fault["loc"]))): fault["msg"] for fault in error.errors()}
        raise Refused(Code.FORM_INVALID, "The form is not valid.", fields=faults) from None
    refuse_unless_good_anew(form, "form")
    return form


def _meaning(form: Form, wanted: Meaning | None) -> Meaning:
    meaning = form.meaning()
    if meaning is None:
        raise Refused(Code.WRONG_FORM, "This form is not signed.", fields={"action": "needs no signature"})
    if wanted is not None and wanted is not meaning:
        raise broken("21 CFR 11.50", "The form is signed with another meaning.", meaning=f"is {meaning}")
    return meaning
