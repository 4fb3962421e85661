"""Declarations of qualified persons, as functions of the journal."""

from datetime import date

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.core.events import Event
from domain.release.qp_declaration import QpDeclaration, QpDeclarationWithdrawal
from records.core.payloads import part, submitted
from records.core.projectors import follows
from records.release.tables import DeclaredSiteRow, QpDeclarationRow


@follows("qp_declaration.declare")
async def keep_declaration(session: AsyncSession, event: Event) -> None:
    """What is declared, and each maker with the audit that it rests on."""
    form, makers = submitted(event, QpDeclaration), part(event, "effect")["makers"]
    assert event.signature is not None, "A declaration is signed."
    session.add(
        QpDeclarationRow(
            number=event.stream,
            **form.model_dump(exclude={"covers", "documents"}),
            documents=[each.model_dump(mode="json") for each in form.documents],
            declared_by=event.actor.person,
            by_name=event.signature.printed_name,
            declared_at=event.occurred_at,
        )
    )
    for covered, maker in zip(form.covers, makers, strict=True):
        session.add(
            DeclaredSiteRow(
                number=event.stream,
                scope_id=covered.scope_id,
                site_id=maker["site_id"],
                audit_id=covered.audit_id,
                audited_on=date.fromisoformat(maker["audited_on"]),
            )
        )


@follows("qp_declaration.withdraw")
async def keep_withdrawal(session: AsyncSession, event: Event) -> None:
    """It counts no more."""
    row = await session.get_one(QpDeclarationRow, event.stream)
    row.withdrawn_by, row.withdrawn_at = event.actor.person, event.occurred_at
    row.withdrawn_because = submitted(event, QpDeclarationWithdrawal).reason
