"""Numbers of lots and batches are found by what they have in common with others."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from domain.core.names import likenesses, likenesses_in, name_key

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_EVENTS = sa.table("site_events", sa.column("case_id", sa.String), sa.column("lots", _JSON))
_BATCHES = sa.table(
    "batches",
    sa.column("batch_id", sa.String),
    sa.column("number", sa.String),
    sa.column("sponsor_number", sa.String),
)
_USES = sa.table(
    "batch_uses", sa.column("batch_id", sa.String), sa.column("kind", sa.String), sa.column("lot", sa.String)
)


def upgrade() -> None:
    table = op.create_table(
        "likenesses",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("likeness", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "owner", "likeness"),
    )
    op.create_index("ix_likenesses_likeness", "likenesses", ["likeness", "kind"], unique=False)
    _write(table)
    op.drop_index("ix_event_lots_together", table_name="event_lots")
    op.drop_table("event_lots")
    with op.batch_alter_table("site_events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("told_apart", _JSON, nullable=False, server_default=sa.text("'[]'")))


def _write(table: sa.Table) -> None:
    """By the program's own functions: the rows must be those that the journal gives when they are made anew."""
    connection = op.get_bind()
    found: set[tuple[str, str, str]] = set()
    for case_id, lots in connection.execute(sa.select(_EVENTS.c.case_id, _EVENTS.c.lots)).all():
        found |= {("EVENT", case_id, each) for lot in lots for each in likenesses_in(lot)}
    for batch_id, *numbers in connection.execute(
        sa.select(_BATCHES.c.batch_id, _BATCHES.c.number, _BATCHES.c.sponsor_number)
    ).all():
        found |= {("BATCH", batch_id, each) for number in numbers if number is not None for each in likenesses(number)}
    used = sa.select(_USES.c.batch_id, _USES.c.lot).where(_USES.c.kind == "MATERIAL", _USES.c.lot.is_not(None))
    for batch_id, lot in connection.execute(used).all():
        found |= {("MATERIAL", batch_id, each) for each in likenesses(name_key(lot))}
    rows = [{"kind": kind, "owner": owner, "likeness": each} for kind, owner, each in sorted(found)]
    if rows:
        connection.execute(table.insert(), rows)
