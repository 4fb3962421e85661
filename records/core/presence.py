"""Whether there are records at an address. Looking creates nothing."""

from pathlib import Path

from sqlalchemy import NullPool, create_engine, inspect, make_url

from records.core.database import synchronous
from records.core.tables.journal import EventRow


def has_records(url: str) -> bool:
    """Whether there is a database with a journal. Raises `SQLAlchemyError` if the database does not answer."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and not Path(parsed.database or "").is_file():
        return False
    engine = create_engine(synchronous(url), poolclass=NullPool)
    try:
        return inspect(engine).has_table(str(EventRow.__tablename__))
    finally:
        engine.dispose()


def place(url: str) -> str:
    """An address as it may be shown: the file, or the server without the password."""
    parsed = make_url(url)
    return parsed.database or "" if parsed.get_backend_name() == "sqlite" else parsed.render_as_string()
