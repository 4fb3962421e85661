"""How Alembic reaches the records: with a driver that is not asynchronous, whatever the address names."""

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, create_engine, pool
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from records.contexts import load
from records.core.database import synchronous


def rendered(kind: str, item: object, autogenerate: AutogenContext) -> str | bool:
    """Types of the tables as they are written into a revision."""
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    if kind == "type" and isinstance(item, UTCDateTime):
        autogenerate.imports.add("from sqlmodel.sql.sqltypes import UTCDateTime")
        return "UTCDateTime()"
    if kind == "type" and isinstance(item, JSON):
        autogenerate.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def run() -> None:
    """Bring the schema to the asked-for revision, in one transaction."""
    load()  # so that all tables are known
    url = context.config.get_main_option("sqlalchemy.url")
    if url is None:
        raise ValueError("Migrations need the address of a database.")
    engine = create_engine(synchronous(url), poolclass=pool.NullPool)
    with engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=SQLModel.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            render_item=rendered,  # type: ignore[arg-type]
            compare_type=True,
            transactional_ddl=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()


run()
