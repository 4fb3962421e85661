from datetime import timedelta

import pytest

from domain.core.forms import Audience
from domain.qualification.registers import ExtractImport
from records.core.documents.references import refuse_unless_kept
from records.core.tables.master_data import DocumentRow
from tests.domain.filling import filled
from tests.records.qualifying import refused
from tests.records.seeded import START, Seeded

HASH = "a" * 64


async def kept(seeded: Seeded, *, audience: str, site_id: str | None, by: str) -> None:
    """A document that was uploaded as DOC-1."""
    row = DocumentRow(
        document_id="DOC-1",
        sha256=HASH,
        size=9,
        media_type="application/pdf",
        title="Evidence",
        filename="evidence",
        site_id=site_id,
        audience=audience,
        uploaded_by=seeded.result.person(by),
        uploaded_at=START,
    )
    async with seeded.database.writing() as session:
        session.add(row)


async def points_at(seeded: Seeded, user: str, document_id: str, sha256: str = HASH, **dates: str) -> None:
    form = filled(ExtractImport, document={"document_id": document_id, "sha256": sha256, **dates})
    actor = await seeded.actor(user)
    async with seeded.database.reading() as session:
        await refuse_unless_kept(session, form, actor, START)


@pytest.mark.parametrize(
    ("audience", "site_id", "by", "knows"),
    [
        (Audience.SHARED, "VM-02", "ines", True),
        (Audience.SPONSOR, None, "vito", True),
        (Audience.SPONSOR, "VM-02", "ines", False),
        (Audience.SHARED, "OB-01", "olga", False),
        (Audience.SHARED, None, "ines", False),
    ],
)
async def test_a_site_points_only_at_documents_that_it_may_see(
    seeded: Seeded, audience: Audience, site_id: str | None, by: str, *, knows: bool
) -> None:
    await kept(seeded, audience=audience.value, site_id=site_id, by=by)
    await points_at(seeded, "ines", "DOC-1")
    if knows:
        await points_at(seeded, "vito", "DOC-1")
        return
    hidden, missing = await refused(points_at(seeded, "vito", "DOC-1")), await refused(points_at(seeded, "vito", "X"))
    assert hidden == missing, "nobody learns that it exists"
    assert hidden == await refused(points_at(seeded, "vito", "DOC-1", "b" * 64))


async def test_a_document_is_named_with_its_content(seeded: Seeded) -> None:
    await kept(seeded, audience="SHARED", site_id="VM-02", by="ines")
    for user in ("ines", "vito"):
        refusal = await refused(points_at(seeded, user, "DOC-1", "b" * 64))
        assert set(refusal.fields) == {"document.sha256"}


async def test_no_paper_is_of_the_future_or_ends_before_it_begins(seeded: Seeded) -> None:
    await kept(seeded, audience="SHARED", site_id="VM-02", by="ines")
    day = START.date()
    await points_at(seeded, "ines", "DOC-1", issued_on=f"{day}", valid_from=f"{day}", valid_to=f"{day}")
    impossible = {"issued_on": f"{day + timedelta(days=2)}", "valid_from": f"{day}", "valid_to": "2020-01-01"}
    refusal = await refused(points_at(seeded, "ines", "DOC-1", **impossible))
    assert set(refusal.fields) == {"document.issued_on", "document.valid_to"}
