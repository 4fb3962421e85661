"""What the gate page says in codes: numbers of records that stand for what nobody knows by them, and stored values."""

import re

from domain.core.forms import Process
from domain.release.gate_report_text import KINDS, rendered
from records.batch.tables.batches import BatchRow
from records.core.policies import Policies
from records.release.queries.gate_reports import gate_report
from tests.domain.release.test_gate_words import CODES, FIELDS_OWN, SHOUTED
from tests.one_flaw.telling import DECIDED_BY, Telling

_OF_RECORDS = "|".join([*(each.prefix for each in Process), "SC", "PS", "DOC", "PER", "CERT", "HOLD", "QTA", "SUP"])
_NUMBER = re.compile(rf"(?<![\w-])((?:{_OF_RECORDS})-[0-9]+)(?![\w-])")
_CODES = frozenset(each.value for each in CODES if len(each.value) > 2) - FIELDS_OWN
_CAPITALS = re.compile(r"(?<![\w-])[A-Z]{3,}(?:_[A-Z0-9]+)*(?![\w-])")
_UNIT = re.compile(r"\{[^}]*\}")


async def page_of(told: Telling, market: str) -> str:
    """The page on which the decision for a market is taken, as it stands; empty if the flaw kept it from being made."""
    what, _, _ = DECIDED_BY[market]
    async with told.seeded.database.reading() as session:
        batch = await session.get(BatchRow, told.world.batches[what])
        if batch is None:
            return ""
        return rendered(await gate_report(session, Policies(), batch.batch_id, told.at, market=market))


def codes_in(page: str) -> list[str]:
    """The codes in it, each with what stands around it."""
    plain = " ".join(page.split())
    found = [_around(plain, each) for each in _NUMBER.finditer(plain) if not _is_named(plain, each)]
    shouted = (each for each in _CAPITALS.finditer(plain) if each[0] in _CODES or SHOUTED.fullmatch(each[0]))
    found += [_around(plain, each) for each in shouted]
    found += [_around(plain, each) for each in _UNIT.finditer(plain)]
    return [*found, *(["cut"] if "…" in plain else [])]


def _is_named(plain: str, found: re.Match[str]) -> bool:
    """Whether the number stands in brackets behind a name, or beside the word for what it is."""
    before, after = plain[: found.start()], plain[found.end() :]
    behind_a_name = before.endswith("(") and after.startswith((")", "/"))
    said_behind = after.startswith((" (", ": "))
    # laboratories number their reports as they like
    of_a_report = re.search(rf"own testing[^.;]{{0,60}}{found[0]}(?!\d)", plain) is not None
    beside_its_kind = before.endswith(tuple(f"{kind} " for kind in KINDS.values()))
    return behind_a_name or said_behind or of_a_report or beside_its_kind


def _around(plain: str, found: re.Match[str]) -> str:
    return plain[max(0, found.start() - 40) : found.end() + 20]
