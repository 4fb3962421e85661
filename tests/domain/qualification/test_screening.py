from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.policy.market_asks import MarketAsks
from domain.qualification.screening import (
    HITS,
    CheckResult,
    HitKind,
    Obstacle,
    Screening,
    obstacles,
    refuse_unless_screened,
    required_registers,
    risk_facts,
    suggested_screening,
)
from domain.site.registers import Register
from tests.domain.filling import faults, filled
from tests.domain.shipped import POLICY

NOW = datetime(2026, 4, 1, 8, tzinfo=UTC)
EARLIEST = date(2026, 3, 2)
FDA = (Register.FDA_INSPECTIONS, Register.FDA_WARNING_LETTERS, Register.FDA_IMPORT_ALERT)
EVIDENCE = {"document_id": "DOC-1", "sha256": "0" * 64}


def asks(*markets: str) -> list[MarketAsks]:
    return [POLICY.asks_of(each) for each in markets]


def check(register: str, result: str = "CLEAR", **more: Any) -> dict[str, Any]:
    return {"register_name": register, "result": result, "evidence": EVIDENCE, "checked_at": NOW.isoformat(), **more}


def hit(kind: str, *, concerns_scope: bool = True, valid: bool = True) -> dict[str, Any]:
    return {
        "kind": kind,
        "concerns_scope": concerns_scope,
        "valid": valid,
        "description": "As listed.",
        "reference": "1",
    }


def screening(*checks: dict[str, Any], **more: Any) -> Screening:
    return filled(Screening, {"checks": list(checks), **more})


def objections(form: Screening, *, markets: tuple[str, ...] = ("EU",), tz: str = "UTC") -> set[str]:
    return faults(
        lambda: refuse_unless_screened(form, asks=asks(*markets), earliest=EARLIEST, latest=NOW, tz=ZoneInfo(tz))
    )


@pytest.mark.parametrize(
    ("markets", "expected"),
    [
        ((), (Register.SANCTIONS,)),
        (("EU",), (Register.EUDRAGMDP, Register.SANCTIONS)),
        (("DE", "NO"), (Register.EUDRAGMDP, Register.SANCTIONS)),
        (("US",), (*FDA, Register.SANCTIONS)),
        (("JP",), (Register.NCA, Register.SANCTIONS)),
        (("EU", "US"), (Register.EUDRAGMDP, *FDA, Register.SANCTIONS)),
        (("CH", "EU", "US"), tuple(Register)),
    ],
)
def test_markets_say_which_registers_count(markets: tuple[str, ...], expected: tuple[Register, ...]) -> None:
    assert required_registers(asks(*markets)) == expected


@pytest.mark.parametrize("markets", [("EU",), ("US",), ("CH", "EU", "US")])
def test_a_stranger_fills_in_a_clean_screening(markets: tuple[str, ...]) -> None:
    known: dict[str, Any] = suggested_screening(asks(*markets))
    assert {name for each in known["checks"] for name in each} == {"register_name"}
    form = filled(Screening, checks=[check(each["register_name"]) for each in known["checks"]])
    assert objections(form, markets=markets) == set()
    assert (obstacles(form), risk_facts(form)) == ((), ())


@pytest.mark.parametrize(
    ("checks", "expected"),
    [
        ([check("SANCTIONS"), check("EUDRAGMDP")], set()),
        ([check("SANCTIONS"), check("EUDRAGMDP", "NOT_LISTED")], set()),
        ([check("SANCTIONS"), check("EUDRAGMDP"), check("FDA_INSPECTIONS", "UNAVAILABLE")], set()),
        ([check("SANCTIONS"), check("EUDRAGMDP"), check("NCA"), check("NCA", "NOT_LISTED")], set()),
        ([check("SANCTIONS")], {"checks"}),
        ([check("SANCTIONS"), check("EUDRAGMDP"), check("EUDRAGMDP")], {"checks"}),
        ([check("SANCTIONS", "UNAVAILABLE"), check("EUDRAGMDP")], {"checks.0.result"}),
        ([check("SANCTIONS", "NOT_LISTED"), check("EUDRAGMDP")], {"checks.0.result"}),
        ([check("SANCTIONS"), check("EUDRAGMDP", "HIT")], {"checks.1.hit"}),
        ([check("SANCTIONS"), check("EUDRAGMDP", hit=hit("OTHER"))], {"checks.1.hit"}),
        ([check("SANCTIONS"), check("EUDRAGMDP", "HIT", hit=hit("OTHER"))], set()),
        ([check("SANCTIONS", "HIT", hit=hit("OTHER")), check("EUDRAGMDP")], {"checks.0.hit.kind"}),
        ([check("SANCTIONS"), check("EUDRAGMDP", checked_at="2026-04-01T08:00:01Z")], {"checks.1.checked_at"}),
        ([check("SANCTIONS"), check("EUDRAGMDP", checked_at="2026-03-02T00:00:00Z")], set()),
        ([check("SANCTIONS"), check("EUDRAGMDP", checked_at="2026-03-01T23:59:59Z")], {"checks.1.checked_at"}),
    ],
)
def test_every_required_register_has_answered_lately(checks: list[dict[str, Any]], expected: set[str]) -> None:
    assert objections(screening(*checks)) == expected


def test_the_day_of_a_check_is_the_day_at_the_site() -> None:
    form = screening(check("SANCTIONS", checked_at="2026-03-01T23:30:00Z"), check("EUDRAGMDP"))
    assert objections(form, tz="Europe/Berlin") == set()
    assert objections(form, tz="America/New_York") == {"checks.0.checked_at"}


@pytest.mark.parametrize("register", [register for register in Register if register.is_negative])
def test_on_a_list_of_what_is_wrong_not_being_listed_is_clear(register: Register) -> None:
    form = screening(check("SANCTIONS"), check("EUDRAGMDP"), check(register, "NOT_LISTED"))
    assert "checks.2.result" in objections(form)


@pytest.mark.parametrize("register", Register)
@pytest.mark.parametrize("kind", HitKind)
def test_a_register_holds_only_its_own_kinds_of_hit(register: Register, kind: HitKind) -> None:
    others = [check(other) for other in required_registers(asks("EU")) if other is not register]
    form = screening(check(register, "HIT", hit=hit(kind)), *others)
    assert objections(form) == (set() if kind in HITS[register] else {"checks.0.hit.kind"})


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"conflict_of_interest": True, "conflict": "I worked there until last year."}, set()),
        ({"conflict_of_interest": True}, {"conflict"}),
        ({"conflict": "I worked there until last year."}, {"conflict_of_interest"}),
    ],
)
def test_a_conflict_of_interest_is_described(more: dict[str, Any], expected: set[str]) -> None:
    assert objections(screening(check("SANCTIONS"), check("EUDRAGMDP"), **more)) == expected


@pytest.mark.parametrize(
    ("register", "found", "blocked_by", "facts"),
    [
        ("SANCTIONS", hit("SANCTIONS"), {Obstacle.SANCTIONS}, set()),
        ("SANCTIONS", hit("SANCTIONS", concerns_scope=False, valid=False), {Obstacle.SANCTIONS}, set()),
        ("FDA_IMPORT_ALERT", hit("IMPORT_ALERT"), {Obstacle.IMPORT_ALERT}, {HitKind.IMPORT_ALERT}),
        ("FDA_IMPORT_ALERT", hit("IMPORT_ALERT", concerns_scope=False), set(), {HitKind.IMPORT_ALERT}),
        ("FDA_IMPORT_ALERT", hit("IMPORT_ALERT", valid=False), set(), set()),
        ("EUDRAGMDP", hit("NON_COMPLIANCE"), {Obstacle.NON_COMPLIANCE}, {HitKind.NON_COMPLIANCE}),
        ("NCA", hit("NON_COMPLIANCE", concerns_scope=False), set(), {HitKind.NON_COMPLIANCE}),
        ("NCA", hit("NON_COMPLIANCE", valid=False), set(), set()),
        ("FDA_WARNING_LETTERS", hit("WARNING_LETTER"), set(), {HitKind.WARNING_LETTER}),
        ("FDA_WARNING_LETTERS", hit("WARNING_LETTER", valid=False), set(), set()),
        ("FDA_INSPECTIONS", hit("OAI"), set(), {HitKind.OAI}),
        ("NCA", hit("OTHER"), set(), set()),
    ],
)
def test_a_hit_blocks_or_raises_the_risk(
    register: str, found: dict[str, Any], blocked_by: set[Obstacle], facts: set[HitKind]
) -> None:
    form = screening(check(register, "HIT", hit=found))
    assert (set(obstacles(form)), set(risk_facts(form))) == (blocked_by, facts)


def test_a_conflict_of_interest_blocks_like_a_hit() -> None:
    form = screening(
        check("SANCTIONS", "HIT", hit=hit("SANCTIONS")), conflict_of_interest=True, conflict="My brother works there."
    )
    assert obstacles(form) == (Obstacle.SANCTIONS, Obstacle.CONFLICT_OF_INTEREST)


def test_the_form_names_every_result() -> None:
    assert [str(result) for result in CheckResult] == ["CLEAR", "HIT", "NOT_LISTED", "UNAVAILABLE"]
