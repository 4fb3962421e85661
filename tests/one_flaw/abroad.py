"""The same story for other markets: of one bulk a pack for Great Britain and one for Switzerland.

It is told again from what the journal was told of the first one, with other markets in it. It has databases of its own:
who judges a pack for the Union meets nothing of it.
"""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from sqlmodel import select

from domain.core.entry import Answer, AnyLine, Entry, OpenTask, StartCase
from domain.core.forms import Process
from domain.core.people import Role
from domain.processes import form_of
from records.batch.tables.analysis import SpecificationRow
from records.core.tables.journal import CounterRow
from records.core.tables.master_data import ScopeRow
from tests.one_flaw.authorised_world import authorised
from tests.one_flaw.flaws import listed
from tests.one_flaw.licences import given_role, shows_an_authorisation
from tests.one_flaw.past import SINCE
from tests.one_flaw.places import PAKKAUS, PLACES
from tests.one_flaw.tape import Tape
from tests.one_flaw.telling import DECIDED_BY, FIRST_STEP, SWISS, WHOLESALE, Retold, Telling, a_copy
from tests.one_flaw.world import (
    CH_PACK,
    END,
    EU_PACK,
    GB_PACK,
    INTERMEDIATE,
    US_PACK,
    World,
    keep,
    told,
)
from tests.records.appointing import HOLDER, appointed
from tests.records.databases import Databases
from tests.records.importing import a_maker_certifies, is_reviewed
from tests.records.making import packed_as

MARKETS = ("CH", "EU", "GB")
STANDS_FOR = {EU_PACK: (GB_PACK, "GB", "P-1003"), US_PACK: (CH_PACK, "CH", "P-1004")}
"""The pack that is told of in the place of another one, for which market, under which number."""
_NUMBERED = {EU_PACK: "P-1001", US_PACK: "P-1002"}
PACKED = tuple(market for _, market, _ in STANDS_FOR.values())
RELEASE, MARKET = "release-for-processing", "release-to-market"
ITS_MIA = "FI-MIA-1001"
"""The manufacturing authorisation of the packer, which names who certifies for it."""
_FREE = 500
"""From here on no document of the first story has its number."""


async def everything_told(folder: Path, databases: Databases) -> World:
    """Both stories; they are written down for others."""
    world = await told(folder, databases)
    world.abroad = await told_abroad(world)
    keep(world)
    return world


async def told_abroad(world: World) -> World:
    """Tell it again, from where every site is qualified and nothing is made."""
    folder = Path(world.folder) / "abroad"
    folder.mkdir()
    tape = Tape(folder)
    abroad = replace(world, folder=str(folder), batches={}, numbers={}, marks=tape.marks, markets=MARKETS)
    with tape.running():
        async with a_copy(world.copy(INTERMEDIATE), world) as telling:
            telling.at = world.begun
            await _sites_are_for_these_markets(telling)
            await _people_are_named(telling)
            for what, batch in world.batches.items():
                name, _, number = STANDS_FOR.get(what, (what, "", world.numbers[what]))
                tape.mark(name, _file(telling))
                await telling.goes_on(what, _for_other_markets(what), only=[what])
                abroad.batches[name], abroad.numbers[name] = batch, number
            assert telling.refused == []
            telling.passes(days=1)
            for market in FIRST_STEP:
                await _is_certified(telling, abroad, market)
            abroad.now = telling.at
            tape.mark(END, _file(telling))
    tape.keep()
    return abroad


def _file(telling: Telling) -> str:
    return str(telling.seeded.database.engine.url.database)


async def _sites_are_for_these_markets(telling: Telling) -> None:
    """They were qualified for these markets, and are registered there with what they do."""
    async with telling.seeded.database.writing() as session:
        await session.merge(CounterRow(prefix="DOC", value=_FREE))
        for scope_id in telling.world.scopes.values():
            (await session.get_one(ScopeRow, scope_id)).markets = [*MARKETS]
        for row in (await session.exec(select(SpecificationRow))).all():
            row.markets = [*MARKETS]
    for place in PLACES:
        await listed(place, "APPROVED", ago=SINCE, markets=[*MARKETS]).act(telling)
    await authorised(telling.seeded, telling.world.scopes, PACKED, telling.at - SINCE)
    await shows_an_authorisation(telling, PAKKAUS, "CERT-990", ITS_MIA)


HOLDERS = {"GB": "Aurelia Pharma UK Ltd", "CH": HOLDER}
"""Who holds the licences of those who check: an importer, and the holder of the authorisation itself."""


async def _people_are_named(telling: Telling) -> None:
    """Who checks imports into Great Britain, and who is responsible for Switzerland."""
    for market, role, licence in (("GB", Role.RP_IMPORT, WHOLESALE), ("CH", Role.FVP, SWISS)):
        user = DECIDED_BY[market][2]
        await given_role(user, role).act(telling)
        named = {"number": licence, "holder": HOLDERS[market], "site_id": None}
        given = {"licence": named, "markets": [market], "at": telling.at}
        await appointed(telling.seeded, user, role.value, f"APT-{market}-1", **given)


async def _is_certified(telling: Telling, abroad: World, market: str) -> None:
    """A qualified person of the packer certifies its pack for the market; two others have that on record."""
    batch, number = abroad.batches[DECIDED_BY[market][0]], FIRST_STEP[market]
    maker = {"site_id": PAKKAUS.site_id, "activity": PAKKAUS.activity.value, "authorisation": ITS_MIA}
    said = {"sites": [maker], "importing_country": market, "issued_in": PAKKAUS.country}
    said |= {"signed_as": "QUALIFIED_PERSON", "signed_under": ITS_MIA}
    await a_maker_certifies(telling.seeded, number, batch, at=telling.at, by=PAKKAUS.quality, **said)
    await is_reviewed(telling.seeded, number, at=telling.at)


def _for_other_markets(what: str) -> Retold:
    """What was told of a pack is told of another one; what was asked for the States is asked for two markets."""

    def upstream(entry: Entry) -> Sequence[Entry]:
        if any(_market(line) == "US" for line in entry.lines if isinstance(line, Answer)):
            return [_in(entry, "US", market) for market in PACKED]
        lines = [each for line in entry.lines for each in _asked(line)]
        return [entry.model_copy(update={"lines": tuple(lines)})]

    def pack(entry: Entry) -> Sequence[Entry]:
        _, market, number = STANDS_FOR[what]
        former = "EU" if what == EU_PACK else "US"
        renamed = Entry.model_validate_json(entry.model_dump_json().replace(_NUMBERED[what], number))
        return [_in(renamed, former, market)]

    return pack if what in STANDS_FOR else upstream


def _in(entry: Entry, former: str, market: str) -> Entry:
    """The same of another market."""
    lines = tuple(_for(line, former, market) for line in entry.lines)
    return entry.model_copy(update={"lines": lines, "command_id": f"{entry.command_id}/{market}"})


def _for(line: AnyLine, former: str, market: str) -> AnyLine:
    if isinstance(line, StartCase):
        return line.model_copy(update={"form": {**line.form, "markets": [market], **packed_as("FINISHED", [market])}})
    if _market(line) != former:
        return line
    if isinstance(line, Answer):
        form = {**line.form, "market": market}
        return line.model_copy(update={"form": form, "task_id": f"{line.task_id}/{market}"})
    assert isinstance(line, OpenTask)
    action = line.action if line.action == RELEASE else MARKET
    asked = {"action": action, "by": form_of(Process.BATCH, action).action.by, "prefill": {"market": market}}
    return line.model_copy(update={**asked, "about": market, "task_id": f"{line.task_id}/{market}"})


def _asked(line: AnyLine) -> Sequence[AnyLine]:
    if isinstance(line, StartCase):
        return [line.model_copy(update={"form": {**line.form, "markets": [*MARKETS]}})]
    return [_for(line, "US", market) for market in PACKED] if _market(line) == "US" else [line]


def _market(line: AnyLine) -> object:
    """The market that a task or an answer is about."""
    said = line.form if isinstance(line, Answer) else line.prefill if isinstance(line, OpenTask) else {}
    return said.get("market")
