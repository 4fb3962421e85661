"""Triggers that refuse every change of what was written (21 CFR 11.10(e))."""

from collections.abc import Callable


def append_only(dialect: str, execute: Callable[[str], object], table: str) -> None:
    """Let a table take new rows and nothing else."""
    for statement in (_postgresql if dialect == "postgresql" else _sqlite)(table):
        execute(statement)


def _postgresql(table: str) -> list[str]:
    return [
        f"""CREATE FUNCTION refuse_change_of_{table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = 'restrict_violation'; END $$""",
        f"""CREATE TRIGGER {table}_rows_stay BEFORE UPDATE OR DELETE ON {table}
FOR EACH ROW EXECUTE FUNCTION refuse_change_of_{table}()""",
        f"""CREATE TRIGGER {table}_stays BEFORE TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_{table}()""",
    ]


def _sqlite(table: str) -> list[str]:
    return [
        f"""CREATE TRIGGER {table}_refuse_{change.lower()} BEFORE {change} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"""
        for change in ("UPDATE", "DELETE")
    ]
