"""A certificate of analysis read from a file: the form as it can be sent, and what the recomputation will say of it."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import NamedTuple

from pydantic import JsonValue
from sqlmodel.ext.asyncio.session import AsyncSession

from domain.batch.results.analysis_forms import CertificateOfAnalysis
from domain.batch.results.coa_table import Table, UnreadRow, table_of, unreadable
from domain.core.forms import Process
from domain.core.names import name_key
from domain.core.people import Actor
from domain.core.refusals import Code, Refused
from domain.core.view import View
from records.batch.questions import SpecifiedByMarket
from records.batch.results.coa_file import MAX_SIZE, rows_of
from records.batch.results.compared import compared_with
from records.batch.tables.batches import BatchRow
from records.core.documents.store import DamagedFile, DocumentStore
from records.core.policies import Policies
from records.core.queries.documents import visible_document
from records.core.queries.visibility import visible_case
from records.core.tables.master_data import DocumentRow


class LineVerdict(View):
    """What the recomputation says of a line that does not simply pass."""

    row: int
    """Row of the file."""
    test: str
    result: str
    verdict: str | None
    """`None` if the specification does not have the test."""
    reason: str


class Preview(View):
    """What the recomputation says, for the markets of one version of the specification."""

    spec_id: str
    spec_version: int
    markets: tuple[str, ...]
    missing: tuple[str, ...]
    unknown: tuple[str, ...]
    failed: tuple[str, ...]
    unreadable: tuple[str, ...]
    disagrees: tuple[str, ...]
    lines: tuple[LineVerdict, ...]


class CoaReading(View):
    """What a file says. Nothing is written: a person completes the form, and signs it as `coa`."""

    form: dict[str, JsonValue]
    """The form as far as the file fills it."""
    to_fill: tuple[str, ...]
    """Required fields that the file does not fill."""
    doubts: tuple[str, ...]
    """What does not fit the batch."""
    unread: tuple[UnreadRow, ...]
    """Rows that give no result. They are not in the form."""
    ignored_columns: tuple[str, ...]
    preview: tuple[Preview, ...]
    unspecified: tuple[str, ...]
    """Markets without a specification in force; nothing can be compared for them."""


class Wanted(NamedTuple):
    """The file to read, and the batch that it is to be of."""

    batch: BatchRow
    document: DocumentRow


async def wanted_of(session: AsyncSession, actor: Actor, batch_id: str, document_id: str) -> Wanted:
    """The batch and the file. Raises `Refused`: NOT_FOUND, RULE_BROKEN for a file that is too large to be read."""
    await visible_case(session, actor, Process.BATCH.value, batch_id)
    document = await visible_document(session, actor, document_id)
    if document.size > MAX_SIZE:
        raise unreadable(f"has more than {MAX_SIZE >> 20} MiB")
    return Wanted(await session.get_one(BatchRow, batch_id), document)


async def read_table(document: DocumentRow, store: DocumentStore) -> Table:
    """The results in a file. Raises `Refused`: RULE_BROKEN if it cannot be read, UNAVAILABLE if it is damaged."""
    try:
        data = b"".join([block async for block in await store.read(document.sha256, document.size)])
    except DamagedFile:
        raise Refused(Code.UNAVAILABLE, "The file of this document is damaged.") from None
    return await asyncio.to_thread(lambda: table_of(rows_of(data, document.media_type)))


async def coa_reading(
    session: AsyncSession,
    wanted: Wanted,
    table: Table,
    at: datetime,
    registered: Callable[[], Awaitable[SpecifiedByMarket]],
) -> CoaReading:
    """The form that a file fills, and its recomputation against what is in force now, and `registered`."""
    batch, headings = wanted.batch, table.headings
    rounding = (await Policies().in_force(session, at)).limits.result_rounding
    found = await compared_with(session, batch, table.results, at, rounding, registered)
    specified = {market for each in found for market in each.markets}
    form: dict[str, JsonValue] = {
        **{name: text for name, text in headings.items() if name != "batch"},
        "results": [result.model_dump(mode="json", exclude_none=True) for result in table.results],
        "document": {"document_id": wanted.document.document_id, "sha256": wanted.document.sha256},
    }
    required = (name for name, field in CertificateOfAnalysis.model_fields.items() if field.is_required())
    return CoaReading(
        form=form,
        to_fill=tuple(name for name in required if not form.get(name)),
        doubts=_doubts(batch, headings.get("batch")),
        unread=table.unread,
        ignored_columns=table.ignored,
        preview=tuple(
            Preview(
                spec_id=each.spec_id,
                spec_version=each.version,
                markets=each.markets,
                lines=tuple(
                    LineVerdict(
                        row=row,
                        test=result.test,
                        result=result.result,
                        verdict=line.verdict if line else None,
                        reason=line.reason if line else "is not in the specification",
                    )
                    for row, result, line in zip(table.rows, table.results, each.found.lines, strict=True)
                    if line is None or line.reason
                ),
                **{name: list_ for name, list_ in each.found._asdict().items() if name != "lines"},
            )
            for each in found
        ),
        unspecified=tuple(market for market in batch.markets if market not in specified),
    )


def _doubts(batch: BatchRow, named: str | None) -> tuple[str, ...]:
    """A certificate of another batch is the mistake that costs most."""
    if named is None or name_key(named) in {name_key(batch.number), name_key(batch.sponsor_number or batch.number)}:
        return ()
    return (f"The file is about batch {named}, this is {batch.number}.",)
