"""Records outside of cases that are signed, as their routes write them: declarations of qualified persons."""

from datetime import datetime, timedelta
from typing import Any

from domain.core.entry import Entry, PlainEvent, Signed, Written
from domain.core.forms import Form, Process, record_hash
from domain.core.people import Actor
from domain.release.qp_declaration import QpDeclaration, QpDeclarationWithdrawal
from records.audit.tables.audits import AuditRow
from records.core.tables.cases import CaseRow
from records.core.tables.journal import SignatureTokenRow
from tests.domain.filling import filled
from tests.records.seeded import START, Seeded


async def signs(
    seeded: Seeded,
    actor: Actor,
    type_: str,
    stream: str,
    form: Form,
    *,
    at: datetime,
    version: int | None = None,
    **about: Any,
) -> Written:
    """A person signs a version of a record that belongs to no case."""
    meaning, digest = form.meaning(), record_hash(stream, form)
    assert meaning is not None
    key = f"{actor.user}/{stream}/{at}/{form}"
    async with seeded.database.writing() as session:
        now = await seeded.database.now(session)
        session.add(
            SignatureTokenRow(
                token_hash=key,
                person=actor.person,
                user=actor.user,
                record_id=stream,
                action=form.action.name,
                record_hash=digest,
                meaning=meaning.value,
                method="password",
                issued_at=now,
                expires_at=now.replace(year=2999),
            )
        )
    version = version if version is not None else form.record_version()
    said = Signed(record_id=stream, action=form.action.name, version=version, record_hash=digest, meaning=meaning)
    payload = {**about, "form": form.model_dump(mode="json"), "sha256": digest}
    if version is not None:
        payload["version"] = version
    line = PlainEvent(type=type_, payload=payload, signature_token=key, signs=said)
    return await seeded.journal.write(Entry(stream=stream, command_id=key, at=at, actor=actor, lines=(line,)))


async def declares(
    seeded: Seeded, by: str, number: str, covers: dict[str, str], *, at: datetime, **given: Any
) -> Written:
    """A qualified person declares on scopes, each with its audit."""
    sites = [{"scope_id": scope_id, "audit_id": audit_id} for scope_id, audit_id in covers.items()]
    form = filled(QpDeclaration, covers=sites, **given)
    actor = await seeded.actor(by, at=at)
    return await signs(seeded, actor, "qp_declaration.declare", number, form, at=at)


async def takes_back(seeded: Seeded, by: str, number: str, *, at: datetime) -> Written:
    """A declaration is withdrawn."""
    actor = await seeded.actor(by, at=at)
    return await signs(seeded, actor, "qp_declaration.withdraw", number, filled(QpDeclarationWithdrawal), at=at)


async def an_audit(seeded: Seeded, case_id: str = "AUD-900", **changes: Any) -> str:
    """A full-scope audit of the seeded scope, reported."""
    on_site = (START - timedelta(days=60)).date()
    known: dict[str, Any] = {
        "type": "SCHEDULED",
        "mode": "ON_SITE",
        "first_day": on_site,
        "last_day": on_site,
        "report_version": 1,
        "recommendation": "ACCEPTABLE",
        "full_scope": True,
        "site_id": "VM-02",
        **changes,
    }
    async with seeded.database.writing() as session:
        session.add(AuditRow(case_id=case_id, **known))
        session.add(
            CaseRow(
                case_id=case_id,
                process=Process.AUDIT.value,
                number=900,
                title="Audit",
                stage="CLOSED",
                site_id=known["site_id"],
                supplier_id="SUP-1",
                scope_ids=["SC-1"],
                offers=[],
                open_tasks={},
                requested_by="PER-1",
                requested_at=START,
                order={},
            )
        )
    return case_id
