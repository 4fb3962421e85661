"""One-time signature tokens, used up in the transaction that records the signed form (21 CFR 11.70, 11.200)."""

from domain.core.entry import Signed
from domain.core.events import Signature
from domain.core.people import NEVER_SIGN
from domain.core.refusals import Code, Refused
from records.core.tables.journal import SignatureTokenRow
from records.core.writing import Writing


async def consume(writing: Writing, token: str | None, signed: Signed) -> Signature:
    """Use a token up and return the signature. Raises `Refused` if it is missing, used, stale or for something else."""
    actor = writing.actor
    if token is None:
        raise Refused(
            Code.SIGNATURE_MISSING, f"This must be signed ({signed.meaning}); get a token from POST /v1/signatures."
        )
    row = await writing.session.get(SignatureTokenRow, token, with_for_update=True)
    if row is None or row.person != actor.person:
        raise Refused(Code.SIGNATURE_STALE, "This signature token is unknown.", rule="21 CFR 11.200")
    if row.used_by is not None:
        raise Refused(Code.SIGNATURE_USED, "This signature token has been used.", rule="21 CFR 11.200")
    if row.expires_at < writing.recorded_at:
        raise Refused(Code.SIGNATURE_STALE, "This signature token has expired; sign again.", rule="21 CFR 11.200")
    about = (row.record_id, row.action, row.record_hash, row.meaning)
    if about != (signed.record_id, signed.action, signed.record_hash, signed.meaning.value):
        raise Refused(Code.SIGNATURE_OTHER_HASH, "The signature was given for another form.", rule="21 CFR 11.70")
    if actor.roles <= NEVER_SIGN:
        raise Refused(Code.SEGREGATION_OF_DUTIES, "Administrators and operators cannot sign.", rule="S10")
    assert signed.version is not None, "it is counted before it is signed"
    row.used_by = writing.entry.command_id
    return Signature(
        printed_name=actor.name,
        user_id=row.user,
        person=actor.person,
        meaning=signed.meaning,
        signed_at=writing.recorded_at,
        method=row.method,
        record_id=signed.record_id,
        record_version=signed.version,
        record_hash=signed.record_hash,
    )
