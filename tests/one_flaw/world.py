"""The world of the table: Arlivan, from its intermediate to one pack for the Union and one for the United States.

Told once, through the API and the worker, up to the two signatures that would release the packs. Nothing stands
against either of them.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from domain.appointment.appointment import APPOINTED
from domain.batch.making.package import ALWAYS
from domain.core.entry import Entry
from domain.site.site import Activity
from records.contexts import load
from records.core.journal import Journal
from records.installation.seed import SeededPerson, SeedResult
from tests.company import Company, company_at
from tests.one_flaw.authorised_world import authorised
from tests.one_flaw.past import IMPURITY, MARKETS, SINCE, TEMPERATURE, Past, qualified
from tests.one_flaw.places import LARNWICK, MIKRON, PAKKAUS, PLACES, TAVIRA, VELDMARK, Place, people
from tests.one_flaw.tape import Tape
from tests.records.databases import Databases
from tests.records.making import packed_as
from tests.records.seeded import Seeded
from tests.scenarios.duties import SECOND_PASSWORD, Capacity, named_on_licences
from tests.scenarios.qualifying import does, does_unasked

INTERMEDIATE, API, BULK, EU_PACK, US_PACK = "INTERMEDIATE", "API", "BULK", "EU_PACK", "US_PACK"
STAGES = {INTERMEDIATE: "INTERMEDIATE", API: "API", BULK: "BULK", EU_PACK: "FINISHED", US_PACK: "FINISHED"}
BATCHES = tuple(STAGES)
"""What is made, in the order of the story. A place of the story is named after the batch that comes next."""
GB_PACK, CH_PACK = "GB_PACK", "CH_PACK"
"""The packs of the same story as it is told for other markets."""
PACKS = (EU_PACK, US_PACK, GB_PACK, CH_PACK)
PACKED_ABROAD = frozenset({"GB", "CH"})
PEOPLE, END = "PEOPLE", "END"
"""Where everybody is registered, and nothing has happened; and where two signatures are missing."""


@dataclass
class World:
    """A folder with databases that nobody is connected to, and what is in them by name."""

    folder: str
    now: datetime
    begun: datetime
    """When the story began."""
    people: dict[str, str] = field(default_factory=dict)
    """Person ids by account."""
    scopes: dict[str, str] = field(default_factory=dict)
    """Scope ids by site."""
    suppliers: dict[str, str] = field(default_factory=dict)
    """Supplier ids by site."""
    batches: dict[str, str] = field(default_factory=dict)
    """Batch ids by what they are in the story."""
    numbers: dict[str, str] = field(default_factory=dict)
    """Batch numbers by what they are in the story."""
    marks: dict[str, int] = field(default_factory=dict)
    """How much of the story had been told when a copy was made, by the name of the copy."""
    markets: tuple[str, ...] = ("EU", "US")
    """What is made is for these."""
    abroad: "World | None" = None
    """The same story for Great Britain and Switzerland."""

    def of(self, market: str) -> "World":
        """The one in which there is a pack for a market."""
        return self.abroad if self.abroad is not None and market in PACKED_ABROAD else self

    def copy(self, mark: str = END) -> Path:
        """The database as it was at a place of the story."""
        return Path(self.folder) / f"{mark}.db"

    def story(self, mark: str) -> list[Entry]:
        """What was told after a place of the story."""
        lines = (Path(self.folder) / "tape.jsonl").read_text().split("\n")
        return [Entry.model_validate_json(line) for line in lines[self.marks[mark] :]]

    def seed(self) -> SeedResult:
        """Who is there, as tests of the records want to know it."""
        known = [SeededPerson(user=user, name=user, roles=(), person_id=id_) for user, id_ in self.people.items()]
        return SeedResult(
            people=tuple(known), suppliers=self.suppliers, scopes=self.scopes, requester="ines", audit_request={}
        )


async def told(folder: Path, databases: Databases) -> World:
    """Tell the story; its databases are kept in the folder."""
    url = await databases.seeded("sqlite")
    tape = Tape(folder)
    with tape.running():
        async with company_at(folder, url) as company:
            await company.comes_on(company.today + timedelta(days=1), hour=9)
            world = World(str(folder), company.now, company.now)
            await _the_sites_are_known(company, world)
            tape.mark(PEOPLE, _file(company))
            await the_past(world, _seeded(company), company.now)
            await _arlivan_is_made(company, world, tape)
            await company.delivered()
            world.now = company.now
            tape.mark(END, _file(company))
    world.marks = tape.marks
    tape.keep()
    return world


def keep(world: World) -> None:
    """Write down for others what was told."""
    (Path(world.folder) / "world.json").write_text(json.dumps(asdict(world), default=str))


def kept(folder: Path) -> World:
    """A world that was told before."""
    return _read(json.loads((folder / "world.json").read_text()))


def _read(known: dict[str, Any]) -> World:
    now, begun = (datetime.fromisoformat(known[name]) for name in ("now", "begun"))
    abroad = _read(known["abroad"]) if known["abroad"] is not None else None
    return World(**{**known, "now": now, "begun": begun, "abroad": abroad, "markets": tuple(known["markets"])})


# ---------------------------------------------------------------------------------- who is there


async def _the_sites_are_known(company: Company, world: World) -> None:
    """Suppliers, sites, scopes and people are registered; what came of the qualifications lies behind."""
    world.suppliers[VELDMARK.site_id] = company.seeded.suppliers[VELDMARK.site_id]
    world.scopes[VELDMARK.site_id] = company.seeded.scopes[VELDMARK.site_id]
    for place in PLACES:
        if place is not VELDMARK:
            await _registers(company, world, place)
    known = list(company.seeded.people)
    for person in people():
        form = {
            "user": person.user,
            "password": SECOND_PASSWORD,
            "name": person.name,
            "email": f"{person.user}@{person.org.value.lower()}.example",
            "org": person.org.value,
            "roles": [person.role.value],
            "supplier_id": world.suppliers[person.site_id] if person.site_id else None,
            "sites": [person.site_id] if person.site_id else [],
        }
        registered = await _posts(company, "adam", "/v1/people", form)
        person_id = registered["person_id"]
        known.append(SeededPerson(user=person.user, name=person.name, roles=(person.role,), person_id=person_id))
        company.colleagues[person.user] = Capacity(company, person.user, account=person.user)
    company.seeded = company.seeded.model_copy(update={"people": tuple(known)})
    world.people = {person.user: person.person_id for person in known}
    named = [(each.user, each.role, each.site_id) for each in people() if each.role in APPOINTED]
    await named_on_licences(company, *named)


def _seeded(company: Company) -> Seeded:
    return Seeded(company.database, Journal(company.database, load()), company.seeded)


async def the_past(world: World, seeded: Seeded, now: datetime, otherwise: Mapping[Place, Past] | None = None) -> None:
    """Every site has been qualified; some of them otherwise than they should have been."""
    for place in PLACES:
        past = (otherwise or {}).get(place)
        await qualified(seeded, place, world.scopes[place.site_id], world.suppliers[place.site_id], now, past)
    await authorised(seeded, world.scopes, world.markets, now - SINCE)


async def _registers(company: Company, world: World, place: Place) -> None:
    calendar = f"CAL-{place.country}-{place.site_id}"
    await _posts(company, "ines", "/v1/calendars", {"calendar_id": calendar, "tz": place.tz, "country": place.country})
    supplier = await _posts(company, "ines", "/v1/suppliers", {"name": place.supplier, "country": place.country})
    site = {
        "site_id": place.site_id,
        "supplier_id": supplier["supplier_id"],
        "name": place.name,
        "address": place.address,
        "tz": place.tz,
        "country": place.country,
        "calendar_id": calendar,
    }
    await _posts(company, "ines", "/v1/sites", site)
    scope = {
        "activity": place.activity.value,
        "product": place.product,
        "dosage_form": place.dosage_form,
        "markets": MARKETS,
        "stage": "COMMERCIAL",
        "risk_tier": "HIGH",
    }
    registered = await _posts(company, "ines", f"/v1/sites/{place.site_id}/scopes", scope)
    world.suppliers[place.site_id] = supplier["supplier_id"]
    world.scopes[place.site_id] = registered["scope_id"]


async def _posts(company: Company, user: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = await getattr(company, user).post(path, body, **{"Idempotency-Key": str(uuid4())})
    assert answer.status_code in {200, 201}, f"{path}: {answer.text}"
    return dict(answer.json())


# ---------------------------------------------------------------------------------- what is made


async def _arlivan_is_made(company: Company, world: World, tape: Tape) -> None:
    """Cork makes the intermediate, Ludwigshafen the substance, which Graz mills; Porto presses, Turku packs."""
    tape.mark(INTERMEDIATE, _file(company))
    await _made(company, world, INTERMEDIATE, LARNWICK, "I3-0417", quantity="180", unit="kg", lot="BRA-1180")
    await _released(company, world, INTERMEDIATE, VELDMARK)
    await company.passes(days=3)

    tape.mark(API, _file(company))
    mill = {"scope_id": world.scopes[MIKRON.site_id], "step": "Micronisation"}
    intermediate = _taken(world, INTERMEDIATE, "150", "0.8")
    await _made(
        company, world, API, VELDMARK, "A-2204", quantity="118.8", unit="kg", lot="C12-0417",
        parents=[intermediate], subcontracted=[mill],
    )  # fmt: skip
    await _released(company, world, API, TAVIRA)
    await company.passes(days=3)

    tape.mark(BULK, _file(company))
    substance = _taken(world, API, "40", "100000")
    await _made(
        company, world, BULK, TAVIRA, "T-0051", quantity="3960000", unit="{tbl}", lot="LAC-77", parents=[substance]
    )
    await _confirmed(company, world, BULK, PAKKAUS)
    await company.passes(days=3)

    for what, number, market in ((EU_PACK, "P-1001", "EU"), (US_PACK, "P-1002", "US")):
        tape.mark(what, _file(company))
        tablets = _taken(world, BULK, "1500000", "0.01")
        await _made(
            company, world, what, PAKKAUS, number, quantity="14850", unit="{pack}", lot="ALU-12",
            parents=[tablets], markets=[market],
        )  # fmt: skip
    await company.asked(world.batches[EU_PACK], "certify")
    await company.asked(world.batches[US_PACK], "approve")
    await company.passes(days=1)


def _file(company: Company) -> str:
    return str(company.database.engine.url.database)


def _today(company: Company, place: Place) -> str:
    """The day at the site."""
    return company.now.astimezone(ZoneInfo(place.tz)).date().isoformat()


def _taken(world: World, what: str, quantity: str, theoretical_yield: str) -> dict[str, str]:
    """What goes into a batch from another one, and what comes of one unit of it."""
    taken = {"batch_id": world.batches[what], "relation": "INTERMEDIATE", "quantity": quantity}
    return {**taken, "theoretical_yield": theoretical_yield}


async def _made(
    company: Company, world: World, what: str, place: Place, number: str, *, quantity: str, lot: str, **more: Any
) -> None:
    """A batch is registered, made today, analysed, disposed of by its site, packed up and reviewed."""
    today = company.today.isoformat()
    limits = {"yield_low": "90", "yield_high": "101"} if "parents" in more else {}
    registration = {
        "site_id": place.site_id,
        "scope_id": world.scopes[place.site_id],
        "number": number,
        "order_number": f"PO-{number}",
        "size": quantity,
        "markets": MARKETS,
        "supply_stage": STAGES[what],
        **packed_as(STAGES[what], more.get("markets", MARKETS)),
        "mbr_version": f"MBR {place.site_id} v3",
        "planned_start": today,
        "planned_end": today,
        **limits,
        **more,
    }
    batch = (await _posts(company, "sana", "/v1/batches", registration))["case_id"]
    world.batches[what], world.numbers[what] = batch, number
    await _is_produced(company, place, batch, quantity=quantity, lot=lot)
    await _is_analysed(company, place, batch, number)
    await _is_disposed_of(company, place, batch)
    await _is_reviewed(company, batch)


async def _is_produced(company: Company, place: Place, batch: str, *, quantity: str, lot: str) -> None:
    maker, now = getattr(company, place.maker), company.now.isoformat()
    materials = [{"name": "Material", "lot": lot, "manufacturer": "Rheinchem AG, Mannheim"}]
    await does(maker, batch, "start", started_at=now, materials=materials, equipment=[f"R-{place.site_id}"])
    value = {"parameter": TEMPERATURE, "value": "41.2", "unit": "Cel", "measured_at": now}
    await does_unasked(maker, batch, "parameters", values=[value])
    await company.passes(days=1)
    shelf_days = 600 if place.activity is Activity.PACKAGING else 700  # a pack lasts no longer than its bulk
    lasts = (company.today + timedelta(days=shelf_days)).isoformat()
    await does(
        maker,
        batch,
        "finish",
        finished_on=_today(company, place),
        finished_at=company.now.isoformat(),
        quantity=quantity,
        yield_percent="99",
        expiry_on=lasts,
    )


async def _is_analysed(company: Company, place: Place, batch: str, number: str) -> None:
    quality, today = getattr(company, place.quality), company.today.isoformat()
    results = [{"test": IMPURITY, "result": "0.12", "unit": "%"}]
    document = await quality.uploads(batch)
    await does_unasked(
        quality, batch, "coa", number=f"COA-{number}", results=results, document=document, issued_on=today
    )
    await does_unasked(company.tove, batch, "own-testing", results=results, tested_on=today)


async def _is_disposed_of(company: Company, place: Place, batch: str) -> None:
    head, quality = getattr(company, place.quality_head), getattr(company, place.quality)
    await does(head, batch, "disposition", certificate_of_compliance=await head.uploads(batch))
    document = await quality.uploads(batch)
    await does(quality, batch, "package", documents=[{"item": item.value, "document": document} for item in ALWAYS])


async def _is_reviewed(company: Company, batch: str) -> None:
    await does(company.ines, batch, "completeness")
    await does(company.nora, batch, "review-results")
    await does(company.priya, batch, "review-record")
    await does(company.carla, batch, "review-process")


async def _released(company: Company, world: World, what: str, to: Place) -> None:
    """Released for further processing at a site, for both markets."""
    for _ in MARKETS:
        await does(company.hana, world.batches[what], "release-for-processing", sites=[to.site_id])


async def _confirmed(company: Company, world: World, what: str, to: Place) -> None:
    """Confirmed for the Union by the qualified person of its site, and released for further processing elsewhere."""
    part = "Granulation and compression to bulk tablets"
    await does(company.bela, world.batches[what], "confirm-manufacture", part=part)
    await does(company.hana, world.batches[what], "release-for-processing", sites=[to.site_id])
