"""What batches share is found however it was written: the key of each name beside it."""

import sqlalchemy as sa
from alembic import op

from domain.batch.batch import UseKind
from domain.batch.making.materials import use_key

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_USES = sa.table(
    "batch_uses", sa.column("kind", sa.String), sa.column("reference", sa.String), sa.column("key", sa.String)
)


def upgrade() -> None:
    op.add_column("batch_uses", sa.Column("key", sa.String(), nullable=True))
    _write_keys()
    with op.batch_alter_table("batch_uses", schema=None) as batch_op:
        batch_op.alter_column("key", existing_type=sa.String(), nullable=False)
        batch_op.create_index("ix_batch_uses_key", ["kind", "key", "batch_id"], unique=False)


def _write_keys() -> None:
    """By the program's own function: the rows must be those that the journal gives when they are made anew."""
    uses, connection = _USES, op.get_bind()
    found = connection.execute(sa.select(uses.c.kind, uses.c.reference).distinct()).all()
    update = uses.update().where(uses.c.kind == sa.bindparam("of_kind"), uses.c.reference == sa.bindparam("written"))
    rows = [{"of_kind": kind, "written": name, "name_key": use_key(UseKind(kind), name)} for kind, name in found]
    if rows:
        connection.execute(update.values(key=sa.bindparam("name_key")), rows)
