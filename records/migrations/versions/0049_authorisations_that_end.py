"""The day on which an authorisation ends by its dates, and the version that ends what an authority has stopped."""

from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlmodel.sql.sqltypes import UTCDateTime

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

_JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("authorisations", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ends_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("ends_stops", _JSON, nullable=True))
        batch_op.create_index(batch_op.f("ix_authorisations_ends_on"), ["ends_on"], unique=False)
    with op.batch_alter_table("authorisation_stops", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ended_by", sa.Integer(), nullable=True))
    connection = op.get_bind()
    versions, stops = _tables()
    for row in connection.execute(sa.select(versions)).mappings().all():
        last = _ends_on(row["standing"], row["proposed_at"].date(), replaces=row["version"] > 1)
        same = (versions.c.authorisation_id == row["authorisation_id"], versions.c.version == row["version"])
        connection.execute(versions.update().where(*same).values(ends_on=last))
        if row["status"] == "APPROVED":
            ended = (
                stops.c.authorisation_id == row["authorisation_id"],
                stops.c.stated_at < row["proposed_at"],
                stops.c.ended_by.is_(None),
            )
            connection.execute(stops.update().where(*ended).values(ended_by=row["version"]))


def _tables() -> tuple[sa.TableClause, sa.TableClause]:
    return (
        sa.table(
            "authorisations",
            sa.column("authorisation_id", sa.String()),
            sa.column("version", sa.Integer()),
            sa.column("standing", _JSON),
            sa.column("status", sa.String()),
            sa.column("proposed_at", UTCDateTime()),
            sa.column("ends_on", sa.Date()),
        ),
        sa.table(
            "authorisation_stops",
            sa.column("authorisation_id", sa.String()),
            sa.column("stated_at", UTCDateTime()),
            sa.column("ended_by", sa.Integer()),
        ),
    )


def _ends_on(standing: list[dict[str, Any]], proposed_on: date, *, replaces: bool) -> date | None:
    """As `domain.authorisation.ending.ends_on` says it."""
    periods = [
        (each["status"], date.fromisoformat(each["valid_from"]), date.fromisoformat(each["valid_to"] or "9999-12-30"))
        for each in standing
    ]
    ends = {last + timedelta(days=1) for _, _, last in periods if last.year < 9999}
    changes = sorted({*(first for _, first, _ in periods), *ends})
    if replaces and changes[0] > proposed_on:
        return proposed_on
    for day in changes:
        if not any(status == "IN_FORCE" and first <= day <= last for status, first, last in periods):
            return day
    return None
