from datetime import date

import pytest

from domain.qualification.registers import (
    ExtractImport,
    Match,
    MatchedBy,
    RegisterEntry,
    Subject,
    company_names,
    matches,
    refuse_unless_from_extracts,
    refuse_unless_importable,
    verdict,
)
from domain.qualification.screening import CheckResult, HitKind, Screening
from domain.site.identifiers import Identifiers
from domain.site.registers import Register
from tests.domain.filling import faults, filled

TODAY = date(2026, 4, 1)
ADDRESS = "Rheinuferstr. 12, 67061 Ludwigshafen, Germany"
SUBJECT = Subject(("Veldmark Fine Chemistry AG",), ADDRESS, (Identifiers(fei="3004567"), Identifiers(duns="312045678")))
CLEAR, HIT, NOT_LISTED, _ = CheckResult
GONE = date(2026, 3, 31)


def here(status: str = "COMPLIANT", **more: object) -> RegisterEntry:
    return RegisterEntry(name="Veldmark", fei="3004567", status=status, **more)  # type: ignore[arg-type]


def judged(register: Register, *entries: RegisterEntry) -> tuple[CheckResult, HitKind | None, bool | None]:
    found = verdict(register, matches(entries, SUBJECT), today=TODAY)
    if found.hit is None:
        return found.result, None, None
    return found.result, found.hit.kind, found.hit.valid


@pytest.mark.parametrize(
    "name",
    [
        "Veldmark Fine Chemistry",
        "VELDMARK FINE CHEMISTRY A.G.",
        "Veldmark  Fine-Chemistry, GmbH & Co. KG",
        "Véldmark Fine Chemistry S.p.A.",
        "Veldmark Fine Chemistry Pvt. Ltd.",
        "Veldmark Fine Chemistry, Inc.",
        "Veldmark Fine Chemistry sp. z o.o.",
    ],
)
def test_case_punctuation_accents_and_legal_form_do_not_matter(name: str) -> None:
    assert company_names(name) == {"veldmark fine chemistry"}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Veldmark Fine", {"veldmark fine"}),
        ("AG", {"ag"}),
        ("Gross & Söhne", {"gross soehne", "gross sohne"}),
        ("Groß", {"gross"}),
        ("华北制药", {"华北制药"}),
        ("--", set()),
    ],
)
def test_another_name_stays_another(name: str, expected: set[str]) -> None:
    assert company_names(name) == expected


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (RegisterEntry(name="Other", fei="3004567"), (MatchedBy.IDENTIFIER, True)),
        (RegisterEntry(name="Other", duns="312045678"), (MatchedBy.IDENTIFIER, True)),
        (RegisterEntry(name="Veldmark Fine Chemistry"), (MatchedBy.NAME, True)),
        (RegisterEntry(name="Veldmark Fine Chemistry", address=ADDRESS.upper()), (MatchedBy.NAME, True)),
        (RegisterEntry(name="Veldmark Fine Chemistry", address="Elsewhere 1"), (MatchedBy.NAME, False)),
        (RegisterEntry(name="Veldmark Fine Chemistry", fei="3009999"), (MatchedBy.NAME, False)),
        (RegisterEntry(name="Veldmark Fine Chemistry", oms="ORG-100000001"), (MatchedBy.NAME, True)),
        (RegisterEntry(name="Veldmark"), None),
        (RegisterEntry(name="Other", address=ADDRESS), None),
        (RegisterEntry(name="--"), None),
    ],
)
def test_an_entry_matches_by_number_or_by_name(entry: RegisterEntry, expected: tuple[MatchedBy, bool] | None) -> None:
    found = matches([entry], SUBJECT)
    assert found == ((Match(entry, *expected[:1], certain=expected[1]),) if expected else ())


def test_a_subject_without_numbers_matches_none() -> None:
    assert matches([RegisterEntry(name="Other")], Subject(("--",), "")) == ()


def test_both_companies_of_a_change_of_ownership_are_looked_for() -> None:
    buyer = Subject((*SUBJECT.names, "Nordfjord Peptides AS"), ADDRESS)
    listed = RegisterEntry(name="NORDFJORD PEPTIDES")
    assert verdict(Register.SANCTIONS, matches([listed], buyer), today=TODAY).result is HIT


@pytest.mark.parametrize(
    ("register", "entries", "expected"),
    [
        (Register.EUDRAGMDP, [], (NOT_LISTED, None, None)),
        (Register.EUDRAGMDP, [here()], (CLEAR, None, None)),
        (Register.EUDRAGMDP, [here(valid_to=TODAY)], (CLEAR, None, None)),
        (Register.EUDRAGMDP, [here(valid_to=GONE)], (NOT_LISTED, None, None)),
        (Register.EUDRAGMDP, [here("NON_COMPLIANT")], (HIT, HitKind.NON_COMPLIANCE, True)),
        (Register.EUDRAGMDP, [here(), here("NON_COMPLIANT")], (HIT, HitKind.NON_COMPLIANCE, True)),
        (Register.EUDRAGMDP, [here("NON_COMPLIANT", valid_to=GONE)], (HIT, HitKind.NON_COMPLIANCE, False)),
        (
            Register.EUDRAGMDP,
            [here("NON_COMPLIANT", valid_to=GONE), here("NON_COMPLIANT")],
            (HIT, HitKind.NON_COMPLIANCE, True),
        ),
        (Register.FDA_INSPECTIONS, [], (NOT_LISTED, None, None)),
        (Register.FDA_INSPECTIONS, [here("NAI")], (CLEAR, None, None)),
        (Register.FDA_INSPECTIONS, [here("VAI")], (CLEAR, None, None)),
        (Register.FDA_INSPECTIONS, [here("NAI"), here("OAI")], (HIT, HitKind.OAI, True)),
        (Register.FDA_WARNING_LETTERS, [], (CLEAR, None, None)),
        (Register.FDA_WARNING_LETTERS, [here("")], (HIT, HitKind.WARNING_LETTER, True)),
        (Register.FDA_WARNING_LETTERS, [here("", valid_to=GONE)], (HIT, HitKind.WARNING_LETTER, False)),
        (Register.FDA_IMPORT_ALERT, [here("")], (HIT, HitKind.IMPORT_ALERT, True)),
        (Register.SANCTIONS, [], (CLEAR, None, None)),
        (Register.SANCTIONS, [here("")], (HIT, HitKind.SANCTIONS, True)),
        (Register.NCA, [], (NOT_LISTED, None, None)),
        (Register.NCA, [here("AUTHORISED")], (CLEAR, None, None)),
        (Register.NCA, [here("NON_COMPLIANT")], (HIT, HitKind.NON_COMPLIANCE, True)),
    ],
)
def test_each_register_says_it_in_its_own_way(
    register: Register, entries: list[RegisterEntry], expected: tuple[CheckResult, HitKind | None, bool | None]
) -> None:
    assert judged(register, *entries) == expected


@pytest.mark.parametrize(
    ("status", "expected"),
    [("COMPLIANT", (NOT_LISTED, None, None)), ("NON_COMPLIANT", (HIT, HitKind.NON_COMPLIANCE, True))],
)
def test_another_place_of_the_company_clears_nothing_but_may_warn(
    status: str, expected: tuple[CheckResult, HitKind | None, bool | None]
) -> None:
    elsewhere = RegisterEntry(name="Veldmark Fine Chemistry", address="Elsewhere 1", status=status)
    assert judged(Register.EUDRAGMDP, elsewhere) == expected


def test_a_hit_says_what_the_register_says() -> None:
    entry = here("NON_COMPLIANT", address=ADDRESS, scope_text="API manufacture", reference="DE-1")
    hit = verdict(Register.EUDRAGMDP, matches([entry], SUBJECT), today=TODAY).hit
    assert hit is not None
    assert hit.description == f"Veldmark; {ADDRESS}; NON_COMPLIANT; API manufacture"
    assert (hit.reference, hit.concerns_scope) == ("DE-1", True)


@pytest.mark.parametrize(
    ("register", "document", "checked_at", "expected"),
    [
        ("SANCTIONS", "DOC-1", "2026-04-01T00:00:00Z", set()),
        ("SANCTIONS", "DOC-1", "2026-03-01T00:00:00Z", set()),
        ("SANCTIONS", "DOC-1", "2026-04-01T08:00:00Z", {"checks.0.checked_at"}),
        ("SANCTIONS", "DOC-2", "2026-04-01T00:00:00Z", {"checks.0.evidence"}),
        ("NCA", "DOC-1", "2026-04-01T00:00:00Z", {"checks.0.evidence"}),
    ],
)
def test_what_comes_from_an_extract_is_as_old_as_its_data(
    register: str, document: str, checked_at: str, expected: set[str]
) -> None:
    check = {
        "register_name": register,
        "source": "EXTRACT",
        "evidence": {"document_id": document, "sha256": "0" * 64},
        "checked_at": checked_at,
    }
    by_hand = {**check, "source": "MANUAL", "checked_at": "2026-04-01T08:00:00Z"}
    screening = filled(Screening, {"checks": [check, by_hand]})
    imported = {(Register.SANCTIONS, "DOC-1"): TODAY}
    assert faults(lambda: refuse_unless_from_extracts(screening, imported)) == expected


@pytest.mark.parametrize(
    ("media_type", "as_of", "expected"),
    [
        ("text/csv", TODAY, set()),
        ("text/plain", TODAY, set()),
        ("application/pdf", TODAY, {"document"}),
        ("text/csv", date(2026, 4, 2), {"as_of"}),
    ],
)
def test_an_extract_is_text_of_today_or_earlier(media_type: str, as_of: date, expected: set[str]) -> None:
    form = filled(ExtractImport, as_of=as_of)
    assert faults(lambda: refuse_unless_importable(form, media_type=media_type, latest_day=TODAY)) == expected
