"""Events are found again by the lots that they name, and say which of these they do not concern."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from domain.core.names import name_key, run_together

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
_EVENTS = sa.table("site_events", sa.column("case_id", sa.String), sa.column("lots", _JSON))


def upgrade() -> None:
    lots = op.create_table(
        "event_lots",
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("together", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("case_id", "key"),
    )
    op.create_index("ix_event_lots_together", "event_lots", ["together"], unique=False)
    with op.batch_alter_table("site_events", schema=None) as batch_op:
        batch_op.add_column(sa.Column("cleared", _JSON, nullable=False, server_default=sa.text("'[]'")))
    _write_lots(lots)


def _write_lots(lots: sa.Table) -> None:
    """By the program's own function: the rows must be those that the journal gives when they are made anew."""
    connection = op.get_bind()
    named = {
        (case_id, name_key(lot))
        for case_id, numbers in connection.execute(sa.select(_EVENTS.c.case_id, _EVENTS.c.lots)).all()
        for lot in numbers
    }
    rows = [{"case_id": case_id, "key": key, "together": run_together(key)} for case_id, key in sorted(named)]
    if rows:
        connection.execute(lots.insert(), rows)
