from datetime import date
from typing import Any

import pytest

from domain.asl.asl import AslStatus
from domain.core.people import Role
from domain.qualification.request import (
    LegalEntity,
    NewSite,
    QualificationKind,
    QualificationRequest,
    Succession,
    kind_of,
    refuse_unless_as_registered,
    refuse_unless_requestable,
    reopens,
)
from domain.qualification.succession import is_the_same, refuse_unless_transferable
from domain.site.scope import Scope
from tests.domain.filling import faults, filled

TODAY = date(2026, 4, 1)
ENTITY = filled(LegalEntity).model_dump()
NEW = filled(NewSite, supplier_id="SUP-1").model_dump()
SUCCESSION = filled(Succession, new_owner=ENTITY).model_dump()
INITIAL, AGAIN, SOLD = QualificationKind


@pytest.mark.parametrize(
    ("kind", "roles", "refused"),
    [
        (INITIAL, {Role.PROCUREMENT}, False),
        (INITIAL, {Role.CMC_LEAD}, False),
        (INITIAL, {Role.SUPPLIER_QUALITY}, True),
        (INITIAL, {Role.SYSTEM}, False),
        (AGAIN, {Role.SUPPLIER_QUALITY}, False),
        (AGAIN, {Role.PROCUREMENT}, False),
        (SOLD, {Role.SUPPLIER_QUALITY}, False),
        (SOLD, {Role.CMC_LEAD}, False),
    ],
)
def test_supplier_quality_requests_no_first_qualification(
    kind: QualificationKind, roles: set[Role], *, refused: bool
) -> None:
    request = filled(QualificationRequest)
    found = faults(lambda: refuse_unless_requestable(request, roles, kind, today=TODAY))
    assert found == ({"<section 4>"} if refused else set())


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, set()),
        ({"need_by": TODAY}, set()),
        ({"need_by": date(2026, 3, 31)}, {"need_by"}),
        ({"new_site": NEW}, set()),
        ({"new_site": {**NEW, "supplier_id": None, "supplier": ENTITY}}, set()),
        ({"new_site": {**NEW, "supplier": ENTITY}}, {"new_site.supplier"}),
        ({"new_site": {**NEW, "supplier_id": None}}, {"new_site.supplier"}),
        ({"new_site": {**NEW, "moved_from": "OB-01"}}, set()),
        ({"new_site": {**NEW, "moved_from": "VM-02"}}, {"new_site.moved_from"}),
        ({"succession": SUCCESSION}, set()),
        ({"succession": SUCCESSION, "new_site": NEW}, {"succession"}),
    ],
)
def test_the_parts_of_a_request_fit_together(change: dict[str, Any], expected: set[str]) -> None:
    request = filled(QualificationRequest, **change)
    assert faults(lambda: refuse_unless_requestable(request, {Role.CMC_LEAD}, INITIAL, today=TODAY)) == expected


@pytest.mark.parametrize(
    ("change", "known", "kind"),
    [
        ({}, False, INITIAL),
        ({}, True, AGAIN),
        ({"succession": SUCCESSION}, True, SOLD),
        ({"succession": SUCCESSION}, False, SOLD),
    ],
)
def test_the_kind_follows_from_what_is_asked_and_known(
    change: dict[str, Any], kind: QualificationKind, *, known: bool
) -> None:
    assert kind_of(filled(QualificationRequest, **change), known=known) is kind


@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        (AGAIN, AslStatus.DISQUALIFIED, True),
        (AGAIN, AslStatus.APPROVED, False),
        (AGAIN, AslStatus.RETIRED, False),
        (AGAIN, None, False),
        (SOLD, AslStatus.DISQUALIFIED, False),
        (INITIAL, None, False),
    ],
)
def test_only_a_disqualified_scope_is_reopened(
    kind: QualificationKind, status: AslStatus | None, *, expected: bool
) -> None:
    assert reopens(kind, status) is expected


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, set()),
        ({"markets": ["US", "EU", "EU"]}, set()),
        ({"markets": ["EU"]}, {"markets"}),
        ({"stage": "CLINICAL"}, {"stage"}),
        ({"sole_source": True}, {"sole_source"}),
        ({"stage": "CLINICAL", "markets": ["EU", "JP", "US"]}, {"stage", "markets"}),
    ],
)
def test_a_request_says_what_is_registered_of_the_scope(change: dict[str, Any], expected: set[str]) -> None:
    scope = Scope.model_validate(
        {
            "scope_id": "SC-1",
            "site_id": "VM-02",
            "activity": "API_MFG",
            "product": "ARL-204",
            "markets": ("EU", "US"),
            "stage": "COMMERCIAL",
        }
    )
    assert faults(lambda: refuse_unless_as_registered(filled(QualificationRequest, **change), scope)) == expected


@pytest.mark.parametrize(
    ("status", "transferable"),
    [
        (None, False),
        (AslStatus.APPROVED, True),
        (AslStatus.CONDITIONALLY_APPROVED, True),
        (AslStatus.PROBATION, True),
        (AslStatus.SUSPENDED, True),
        (AslStatus.EXPIRED, False),
        (AslStatus.DISQUALIFIED, False),
        (AslStatus.RETIRED, False),
    ],
)
def test_a_new_owner_takes_over_only_a_status_that_there_is(status: AslStatus | None, *, transferable: bool) -> None:
    assert faults(lambda: refuse_unless_transferable(status)) == (set() if transferable else {"succession"})


@pytest.mark.parametrize(
    ("name", "country", "expected"),
    [
        ("VELDMARK fine chemistry", "DE", True),
        ("Veldmark Fine Chemistry", "AT", False),
        ("Veldmark", "DE", False),
    ],
)
def test_a_company_is_known_by_name_and_country(name: str, country: str, *, expected: bool) -> None:
    assert is_the_same(LegalEntity.model_validate(ENTITY), name=name, country=country) is expected
