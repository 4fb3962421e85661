"""The authorisation that an entry of a register names, as a function of the journal."""

from sqlmodel.ext.asyncio.session import AsyncSession

from domain.authorisation.registered import AuthorisationReference
from domain.core.events import Event
from records.batch.tables.decisions import AuthorisedDecisionRow
from records.core.payloads import part


def keep_what_it_stands_on(session: AsyncSession, event: Event, batch_id: str, market: str) -> None:
    """What the decision stands on. Entries of earlier versions of the program say nothing of it."""
    effect = part(event, "effect")
    if (named := effect.get("product_authorisation")) is None:
        return
    reference = AuthorisationReference.model_validate(named)
    session.add(
        AuthorisedDecisionRow(
            register_name=str(effect["register"]),
            register_number=int(str(effect["register_number"])),
            batch_id=batch_id,
            market=market,
            **reference.model_dump(mode="json"),
        )
    )
