"""The first step of a release by who only checks: what the row of its market says counts, and who has signed it."""

from decimal import Decimal
from typing import Any

import pytest

from domain.core.people import Role
from domain.core.refusals import Refused
from domain.policy.market_rule import MarketRule
from domain.policy.reliance import SignedAs
from domain.release.certification import MarketRelease
from domain.release.first_step import Certified, MakersCertificate, OnRecord, first_step_of, why_none_stands
from records.installation.supplementing import shipped_policy
from tests.domain.filling import faults, filled
from tests.domain.release.test_certification import row

ROWS = shipped_policy().markets
BY_QP: dict[str, Any] = {"role": Role.QP, "licensed_in": "DE", "market": "EU"}


def certified(number: str, by: str = "quentin", quantity: int | None = None, **given: Any) -> Certified:
    return Certified(number, by, quantity=Decimal(quantity) if quantity is not None else None, **{**BY_QP, **given})


def makers(importing: str = "GB", issued_in: str = "DE", **given: Any) -> MakersCertificate:
    known: dict[str, Any] = {"is_accepted": True, "signed_as": SignedAs.QUALIFIED_PERSON, "hands": frozenset({"nora"})}
    return MakersCertificate(importing, issued_in, **{**known, **given})


CERTIFICATES = {
    "MBC-1": makers(),
    "MBC-2": makers(issued_in="IN"),
    "MBC-3": makers("XI", is_accepted=False),
    "MBC-4": makers(signed_as=SignedAs.MAKER),
    "MBC-5": makers(hands=frozenset(), licence_fault="was over on 2024-01-01"),
    "MBC-6": makers("CH", "CH", signed_as=SignedAs.RESPONSIBLE_PERSON),
    "MBC-7": makers("CH", "DE", signed_as=SignedAs.RESPONSIBLE_PERSON),
    "MBC-8": makers("CH", "DE"),
    "MBC-9": makers("CH", "DE", signed_as=SignedAs.IMPORTER),
    "MBC-10": makers("CH", "DE", signed_as=SignedAs.MAKER),
}


RELEASED = [certified("EU-2026-000001")]
IN_PART = [certified("EU-2026-000001", quantity=1000)]
LETTER = {"first_release": [{"document_id": "DOC-1", "sha256": "a" * 64}]}
MAKER = {"first_step": ["MBC-1"]}


@pytest.mark.parametrize(
    ("market", "role", "person", "released", "changes", "stands_on"),
    [
        ("GB", Role.RP_IMPORT, "rita", RELEASED, {}, ("EU-2026-000001",)),
        ("GB", Role.QP, "rita", [], {}, ()),
        ("CH", Role.FVP, "rita", RELEASED, {}, ("EU-2026-000001",)),
        ("CH", Role.FVP, "rita", [], LETTER, "first_release"),
        ("GB", Role.RP_IMPORT, "rita", RELEASED, LETTER, "first_release"),
        ("GB", Role.RP_IMPORT, "rita", [], MAKER, ("MBC-1",)),
        ("GB", Role.RP_IMPORT, "rita", RELEASED, MAKER, ("EU-2026-000001", "MBC-1")),
        ("CH", Role.FVP, "rita", [], MAKER, "first_step.0"),
        ("GB", Role.RP_IMPORT, "rita", [], {"first_step": ["MBC-2"]}, "first_step.0"),
        ("GB", Role.RP_IMPORT, "rita", [], {"first_step": ["MBC-3"]}, "first_step.0"),
        ("GB", Role.RP_IMPORT, "rita", [], {"first_step": ["MBC-4"]}, "first_step.0"),
        ("GB", Role.RP_IMPORT, "rita", RELEASED, {"first_step": ["MBC-4"]}, "first_step.0"),
        ("GB", Role.RP_IMPORT, "rita", [], {"first_step": ["MBC-5"]}, "first_step.0"),
        ("GB", Role.RP_IMPORT, "nora", [], MAKER, "<section 18, who checks never certifies>"),
        ("JP", Role.RP_IMPORT, "rita", [], MAKER, "first_step.0"),
        ("GB", Role.RP_IMPORT, "rita", [], {}, "first_step"),
        ("CH", Role.FVP, "rita", [], {}, "first_step"),
        ("GB", Role.RP_IMPORT, "quentin", RELEASED, {}, "<section 18, who checks never certifies>"),
        ("CH", Role.FVP, "rita", IN_PART, {"quantity": "600"}, ("EU-2026-000001",)),
        ("CH", Role.FVP, "rita", IN_PART, {"quantity": "601"}, "quantity"),
        (
            "CH",
            Role.FVP,
            "rita",
            [*IN_PART, certified("QPR-XI-2026-000001", quantity=1001, market="XI")],
            {"quantity": "601"},
            ("EU-2026-000001", "QPR-XI-2026-000001"),
        ),
        ("GB", Role.RP_IMPORT, "rita", IN_PART, {"quantity": "5000", **MAKER}, ("EU-2026-000001", "MBC-1")),
        ("CH", Role.FVP, "rita", [], {"first_step": ["MBC-6"]}, ("MBC-6",)),
        ("CH", Role.FVP, "rita", [], {"first_step": ["MBC-7"]}, "first_step.0"),
        ("CH", Role.FVP, "rita", [], {"first_step": ["MBC-8"]}, ("MBC-8",)),
        ("CH", Role.FVP, "rita", [], {"first_step": ["MBC-9"]}, "first_step.0"),
        ("CH", Role.FVP, "rita", [], {"first_step": ["MBC-10"]}, "first_step.0"),
        ("GB", Role.RP_IMPORT, "rita", [certified("JP-1", market="JP")], {}, "first_step"),
        ("CH", Role.FVP, "rita", [certified("REL-GB-1", market="GB", role=Role.RP_IMPORT)], {}, "first_step"),
        ("CH", Role.FVP, "rita", [certified("REL-GB-1", market="GB", role=None)], {}, "first_step"),
        ("CH", Role.FVP, "rita", [certified("REL-GB-1", market="GB", licensed_in="GB")], {}, ("REL-GB-1",)),
        ("CH", Role.FVP, "rita", [certified("US-1", market="US", role=Role.HEAD_QA)], {}, ("US-1",)),
    ],
)
def test_who_only_checks_needs_a_first_step_by_another(
    market: str,
    role: Role,
    person: str,
    released: list[Certified],
    changes: dict[str, Any],
    stands_on: tuple[str, ...] | str,
) -> None:
    given = filled(MarketRelease, {"market": market}, **changes)

    def found() -> tuple[str, ...]:
        return first_step_of(
            given,
            row(market),
            ROWS,
            roles={role},
            persons={person},
            on_record=OnRecord(released, CERTIFICATES),
            before=Decimal(400),
        )

    assert faults(found) == (set() if isinstance(stands_on, tuple) else {stands_on})
    if isinstance(stands_on, tuple):
        assert found() == stands_on


def part(number: str, quantity: int, **given: Any) -> Certified:
    """A part that was certified abroad for the very market."""
    return certified(number, quantity=quantity, is_abroad=True, **given)


@pytest.mark.parametrize(
    ("released", "most"),
    [
        ([part("EU-1", 60), part("EU-2", 40)], 100),
        ([part("EU-1", 60), part("XI-1", 40, market="XI")], 100),
        ([certified("EU-1", quantity=60), certified("EU-2", quantity=30)], 90),
        ([certified("EU-1", quantity=60), certified("XI-1", quantity=30, market="XI")], 60),
        ([certified("EU-1", quantity=60), part("EU-2", 40)], 60),
        ([certified("EU-1"), part("EU-2", 40)], None),
    ],
)
def test_parts_that_are_certified_for_a_market_add_up_and_releases_elsewhere_do_not(
    released: list[Certified], most: int | None
) -> None:
    def checked(quantity: int) -> tuple[str, ...]:
        form = filled(MarketRelease, {"market": "GB"}, quantity=str(quantity))
        on_record = OnRecord(released)
        return first_step_of(form, row("GB"), ROWS, roles={Role.RP_IMPORT}, persons={"rita"}, on_record=on_record)

    assert checked(most or 5000) == tuple(sorted(each.number for each in released))
    if most is not None:
        assert faults(lambda: checked(most + 1)) == {"quantity"}


@pytest.mark.parametrize(
    ("of", "counts"),
    [("2027-504321-17-00", True), ("2027-504321-17-01", False), (None, False)],
)
def test_what_is_certified_for_a_trial_is_a_first_step_for_that_trial_alone(of: str | None, *, counts: bool) -> None:
    trial = {"number": "2027 504321 17 00", "specification_file": "PSF-204 v3"}
    form = filled(MarketRelease, {"market": "GB", "trial": trial}, quantity="10")

    def on(on_record: OnRecord) -> set[str]:
        return faults(
            lambda: first_step_of(form, row("GB"), ROWS, roles={Role.RP_IMPORT}, persons={"rita"}, on_record=on_record)
        )

    assert on(OnRecord([part("EU-1", 60, trial=of)])) == (set() if counts else {"first_step"})
    named = frozenset({of} if of is not None else ())
    form = form.model_copy(update={"first_step": ("MBC-1",)})
    assert on(OnRecord((), {"MBC-1": makers(trials=named)})) == (set() if counts else {"first_step.0"})


def with_steps(market: str, *steps: dict[str, Any]) -> MarketRule:
    known = row(market).model_dump(mode="json")
    return MarketRule.model_validate({**known, "first_steps": steps})


@pytest.mark.parametrize(
    ("step", "on_record", "faulty"),
    [
        ({"kind": "RELEASE", "markets": ["EU"], "licensed_in": ["DE"]}, [certified("EU-1")], None),
        ({"kind": "RELEASE", "markets": ["EU"], "licensed_in": ["AT"]}, [certified("EU-1")], "on a licence of DE"),
        ({"kind": "RELEASE", "markets": ["EU"], "licensed_in": ["AT"]}, [certified("E", licensed_in=None)], None),
        ({"kind": "RELEASE", "markets": ["EU"], "roles": ["QP"]}, [certified("E", role=Role.HEAD_QA)], "as HEAD_QA"),
        ({"kind": "CERTIFICATE", "signed_as": ["MAKER"]}, "MBC-10", None),
        ({"kind": "CERTIFICATE", "signed_as": ["MAKER"], "licensed_in": ["IN"]}, "MBC-10", "was issued in DE"),
        ({"kind": "CERTIFICATE", "signed_as": ["MAKER"]}, "MBC-8", "was signed by a qualified person"),
        ({"kind": "CERTIFICATE", "signed_as": ["IMPORTER"]}, "MBC-9", None),
        ({"kind": "CERTIFICATE", "signed_as": ["QUALIFIED_PERSON"]}, "MBC-1", "was issued for GB"),
        ({"kind": "CERTIFICATE", "signed_as": ["QUALIFIED_PERSON"], "issued_for": ["GB"]}, "MBC-1", None),
    ],
)
def test_the_row_says_who_signs_a_first_step_and_where(
    step: dict[str, Any], on_record: list[Certified] | str, faulty: str | None
) -> None:
    of = with_steps("CH", step)
    named = (on_record,) if isinstance(on_record, str) else ()
    form = filled(MarketRelease, {"market": "CH", "first_step": [*named]}, quantity="10")
    known = OnRecord(() if named else on_record, CERTIFICATES)  # type: ignore[arg-type]
    if faulty is None:
        assert first_step_of(form, of, ROWS, roles={Role.FVP}, persons={"rita"}, on_record=known)
        return
    with pytest.raises(Refused) as refusal:
        first_step_of(form, of, ROWS, roles={Role.FVP}, persons={"rita"}, on_record=known)
    assert faulty in " ".join(refusal.value.refusal.fields.values())


@pytest.mark.parametrize(
    ("released", "certificates", "quantity", "why"),
    [
        ([], [], 10, "release the batch first for EU"),
        ([certified("EU-1", quantity=10)], [], 10, None),
        ([certified("EU-1", quantity=9)], [], 10, "no more than 9 is certified by EU-1 (9)"),
        ([certified("EU-1", quantity=9)], [], None, "no more than 9 is certified by EU-1 (9)"),
        ([certified("EU-1", quantity=9)], ["MBC-1"], 10, None),
        ([certified("EU-1", "rita")], [], 10, "release the batch first for EU"),
        ([], ["MBC-3", "MBC-4"], 10, "release the batch first for EU"),
    ],
)
def test_a_release_stands_for_as_long_as_another_first_step_does(
    released: list[Certified], certificates: list[str], quantity: int | None, why: str | None
) -> None:
    found = why_none_stands(
        row("GB"),
        ROWS,
        OnRecord(released, {each: CERTIFICATES[each] for each in certificates}),
        decided_by="rita",
        quantity=Decimal(quantity) if quantity is not None else None,
        trial=None,
    )
    assert found is None if why is None else why in str(found)


def test_who_only_checks_products_certifies_no_clinical_supply() -> None:
    def found(role: Role) -> tuple[str, ...]:
        given, clinical = filled(MarketRelease, {"market": "GB"}), row("GB").for_supply(clinical=True)
        return first_step_of(given, clinical, ROWS, roles={role}, persons={"rita"}, on_record=OnRecord())

    assert faults(lambda: found(Role.RP_IMPORT)) == {"first_step"}, "of a batch from when they were named for it"
    assert found(Role.QP) == ()
