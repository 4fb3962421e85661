"""Authorisations of products, as their routes write them."""

from datetime import date, datetime
from typing import Any

from domain.authorisation.forms import AuthorisationApproval, AuthorisationProposal, AuthorisationStop
from domain.core.document import RecordVersion
from domain.core.entry import Written
from records.authorisation.tables import AuthorisationRow
from records.core.checks.proposals import version_of
from tests.domain.filling import filled
from tests.records.declaring import signs
from tests.records.seeded import START, Seeded

AUT = "AUT-ARL-EU"
SINCE: dict[str, Any] = {"valid_from": "2020-01-01"}
"""A first day, long before any story."""
STEPS: list[dict[str, Any]] = [{"part": "API", "site_id": "VM-02", "substance": "ARL-204", **SINCE}]


def proposal(**changes: Any) -> AuthorisationProposal:
    """The authorisation of what the seeded site makes, in the Union."""
    usual: dict[str, Any] = {
        "type": "MA",
        "market": "EU",
        "product": "ARL-204",
        "strength": None,
        "dosage_form": None,
        "trial": None,
        "ends_stops": None,
        "standing": [{"status": "IN_FORCE", **SINCE}],
        "steps": STEPS,
    }
    return filled(AuthorisationProposal, **{**usual, **changes})


async def proposes(
    seeded: Seeded, by: str = "rosa", record: str = AUT, *, at: datetime = START, **changes: Any
) -> Written:
    """Regulatory affairs propose a version. Its evidence is kept."""
    actor = await seeded.actor(by, at=at)
    if "evidence" not in changes:
        changes["evidence"] = [await seeded.upload(by=actor)]
    form = proposal(**changes)
    return await signs(seeded, actor, "authorisation.propose", record, form, at=at, version=form.replaces + 1)


async def approves(
    seeded: Seeded, by: str = "hana", record: str = AUT, *, version: int = 1, at: datetime = START, **changes: Any
) -> Written:
    """Another person approves the version, or sends it back."""
    row = await seeded.row(AuthorisationRow, (record, version))
    read: RecordVersion = changes.pop("read", version_of(row))
    form = filled(AuthorisationApproval, authorisation=read.model_dump(), **changes)
    return await signs(
        seeded, await seeded.actor(by, at=at), "authorisation.approve", record, form, at=at, version=read.version
    )


async def authorises(seeded: Seeded, record: str = AUT, *, at: datetime = START, **changes: Any) -> None:
    """A version is proposed and approved."""
    await proposes(seeded, record=record, at=at, **changes)
    await approves(seeded, record=record, version=changes.get("replaces", 0) + 1, at=at)


async def stops(
    seeded: Seeded, by: str = "rosa", record: str = AUT, *, at: datetime = START, since: date | None = None, **more: Any
) -> Written:
    """Its authority has stopped it."""
    form = filled(AuthorisationStop, since=(since or at.date()).isoformat(), **more)
    actor = await seeded.actor(by, at=at)
    return await signs(seeded, actor, "authorisation.stop", record, form, at=at, version=form.earlier + 1)
