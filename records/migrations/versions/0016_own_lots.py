"""The numbers of batches are found however they are written; lots of materials with their way and certificate."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from domain.core.names import name_key

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_COLUMNS = ("batch_id", "number", "sponsor_number", "number_key", "sponsor_number_key")
_USE_COLUMNS = ("batch_id", "kind", "reference", "material", "lot")
_BATCHES = sa.table("batches", *(sa.column(name, sa.String) for name in _COLUMNS))


def upgrade() -> None:
    for name in ("number_key", "sponsor_number_key"):
        op.add_column("batches", sa.Column(name, sa.String(), nullable=True))
        op.create_index(f"ix_batches_{name}", "batches", [name], unique=False)
    for name in ("material", "lot", "certificate"):
        op.add_column("batch_uses", sa.Column(name, sa.String(), nullable=True))
    op.add_column("batch_uses", sa.Column("chain", JSON, nullable=True))
    _write_keys()
    _write_lots()


def _write_keys() -> None:
    """By the program's own function: the rows must be those that the journal gives when they are made anew."""
    batches, connection = _BATCHES, op.get_bind()
    found = connection.execute(sa.select(batches.c.batch_id, batches.c.number, batches.c.sponsor_number)).all()
    rows = [
        {"of": batch_id, "own": name_key(number), "sponsors": name_key(other) if other is not None else None}
        for batch_id, number, other in found
    ]
    update = batches.update().where(batches.c.batch_id == sa.bindparam("of"))
    if rows:
        keys = update.values(number_key=sa.bindparam("own"), sponsor_number_key=sa.bindparam("sponsors"))
        connection.execute(keys, rows)


def _write_lots() -> None:
    """What was used stands in the records of the starts of manufacture."""
    connection = op.get_bind()
    records = sa.table(
        "records", sa.column("case_id", sa.String), sa.column("action", sa.String), sa.column("form", JSON)
    )
    uses = sa.table("batch_uses", *(sa.column(name, sa.String) for name in _USE_COLUMNS))
    for row in connection.execute(sa.select(records).where(records.c.action == "start")).all():
        for each in row.form.get("materials", ()):
            of = (
                uses.c.batch_id == row.case_id,
                uses.c.kind == "MATERIAL",
                uses.c.reference == f"{each['name']} {each['lot']}"[:200],
            )
            connection.execute(uses.update().where(*of).values(material=each["name"], lot=each["lot"]))
