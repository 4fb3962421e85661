"""A batch that is made with one lot number of two makers keeps both."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from domain.batch.batch import UseKind
from domain.batch.making.materials import Material, Use, uses

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_TEXTS = ("batch_id", "kind", "reference", "issuer", "key", "detail", "material", "lot", "certificate")
_USES = sa.table(
    "batch_uses",
    *(sa.column(name, sa.String) for name in _TEXTS),
    sa.column("chain", _JSON),
    sa.column("approved", sa.Boolean),
)
_RECORDS = sa.table(
    "records", sa.column("case_id", sa.String), sa.column("action", sa.String), sa.column("form", _JSON)
)


def upgrade() -> None:
    op.add_column("batch_uses", sa.Column("issuer", sa.String(), nullable=False, server_default=""))
    _write_issuers()
    with op.batch_alter_table("batch_uses", schema=None) as batch_op:
        batch_op.drop_constraint("pk_batch_uses", type_="primary")
        batch_op.create_primary_key("pk_batch_uses", ["batch_id", "kind", "reference", "issuer"])
    _write_lost_lots()


def _write_issuers() -> None:
    """By the program's own function: the rows must be those that the journal gives when they are made anew."""
    connection, of_materials = op.get_bind(), _USES.c.kind == UseKind.MATERIAL.value
    found = connection.execute(sa.select(_USES.c.detail).where(of_materials).distinct()).scalars().all()
    for maker in found:
        issuer = Use(UseKind.MATERIAL, "", maker).issuer
        connection.execute(_USES.update().where(of_materials, _USES.c.detail == maker).values(issuer=issuer))


def _write_lost_lots() -> None:
    """What was used stands in the records of the starts of manufacture."""
    connection = op.get_bind()
    query = sa.select(_USES.c.batch_id, _USES.c.key, _USES.c.issuer).where(_USES.c.kind == UseKind.MATERIAL.value)
    known = {tuple(row) for row in connection.execute(query).all()}
    starts = connection.execute(sa.select(_RECORDS).where(_RECORDS.c.action == "start")).all()
    rows = [
        _row(start.case_id, each)
        for start in starts
        for each in uses([Material.model_validate(one) for one in start.form.get("materials", ())], ())
        if (start.case_id, each.key, each.issuer) not in known
    ]
    if rows:
        connection.execute(_USES.insert(), rows)


def _row(batch_id: str, use: Use) -> dict[str, Any]:
    lot = use.material
    assert lot is not None, "Only materials were asked for."
    return {
        "batch_id": batch_id,
        "kind": use.kind.value,
        "reference": use.reference,
        "issuer": use.issuer,
        "key": use.key,
        "detail": use.detail,
        "material": lot.name,
        "lot": lot.lot,
        "chain": [each.model_dump(mode="json") for each in lot.chain] or None,
        "certificate": lot.certificate.document_id if lot.certificate is not None else None,
        "approved": True,
    }
