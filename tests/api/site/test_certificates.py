from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from domain.core.forms import LAST_DAY
from records.site.tables import CertificateRow
from tests.api.calling import Api
from tests.records.qualifying import a_qualification

FIRST = date(2026, 3, 10)


async def _certificates(api: Api) -> None:
    """Six of VM-02, a month apart, one without an end; one of OB-01."""
    async with api.seeded.database.writing() as session:
        for serial in range(1, 8):
            ends = None if serial == 6 else FIRST + timedelta(days=30 * (serial - 1))
            row = CertificateRow(
                certificate_id=f"CERT-{serial}",
                serial=serial,
                site_id="OB-01" if serial == 7 else "VM-02",
                scope_id="SC-2" if serial == 7 else "SC-1",
                case_id="QC-1",
                type="GMP_CERT",
                number=str(serial),
                authority="RP",
                valid_to=ends,
                sort_valid_to=ends or LAST_DAY,
                scope_text="Chemical synthesis",
                document_id="DOC-1",
                status="VERIFIED",
                register_checked_on=date(2025, 1, 14),
                register_checked_by="PER-1",
                scope_confirmed_by="PER-1",
                confirmed_activity="API_MFG",
            )
            session.add(row)


async def _listed(api: Api, user: str, query: str = "") -> list[int]:
    page: dict[str, Any] = await api.get(user, f"/v1/certificates?{query}")
    return [int(each["number"]) for each in page["items"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [1, 2, 3, 4, 5, 7, 6]),
        ("site=VM-02", [1, 2, 3, 4, 5, 6]),
        ("scope=SC-2", [7]),
        ("site=VM-02&scope=SC-2", []),
        ("expires_before=2026-03-10", []),
        ("expires_before=2026-03-11", [1]),
        ("site=VM-02&expires_before=2026-05-09", [1, 2]),
    ],
)
async def test_certificates_are_found_by_site_scope_and_end(api: Api, query: str, found: list[int]) -> None:
    await _certificates(api)
    assert await _listed(api, "ines", query) == found


async def test_certificates_come_in_pages(api: Api) -> None:
    await _certificates(api)
    seen: list[str] = []
    cursor = ""
    while True:
        page = await api.get("quentin", f"/v1/certificates?limit=2{cursor}")
        seen += [each["number"] for each in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == ["1", "2", "3", "4", "5", "7", "6"]


@pytest.mark.parametrize("cursor", ["none", "WyJ4Il0", "WyJ4IiwgMV0", "WzEsMiwzXQ"])
async def test_a_cursor_of_another_list_is_refused(api: Api, cursor: str) -> None:
    refusal = await api.get("ines", f"/v1/certificates?cursor={cursor}", expects=422)
    assert set(refusal["fields"]) == {"cursor"}


async def test_a_cdmo_sees_its_own_and_not_who_confirmed_them(api: Api) -> None:
    await _certificates(api)
    assert await _listed(api, "olga") == [7]
    assert await _listed(api, "olga", "site=VM-02") == []
    assert (await api.get("olga", "/v1/certificates/CERT-1", expects=404))["code"] == "not_found"
    assert (await api.get("ines", "/v1/certificates/CERT-8", expects=404))["code"] == "not_found"
    own = await api.get("olga", "/v1/certificates/CERT-7")
    full = await api.get("ines", "/v1/certificates/CERT-7")
    hidden = {"register_checked_by": None, "scope_confirmed_by": None}
    assert (full["scope_confirmed_by"], own) == ("PER-1", full | hidden)


async def _signed(api: Api, user: str, action: str, form: dict[str, Any], *, expects: int = 201) -> str:
    body = {"password": "vetted", "record": "CERT-1", "action": action, "form": form}
    return str((await api.post(user, "/v1/signatures", body, expects=expects)).get("token"))


async def test_what_the_authority_does_with_a_certificate_is_entered_signed_and_shown(api: Api) -> None:
    await a_qualification(api.seeded)
    await _certificates(api)
    path = "/v1/certificates/CERT-1"
    today = datetime.now(UTC).date().isoformat()
    stop = {
        "act": "SUSPENDED",
        "since": "2025-02-03",
        "reference": "RP Darmstadt, IV-24-17",
        "reason": "Unreliable data.",
    }
    unsigned = await api.call("POST", "ines", f"{path}/stop", stop, expects=422)
    assert unsigned.json()["code"] == "signature_missing"
    token = await _signed(api, "ines", "stop", stop)
    shown = (await api.call("POST", "ines", f"{path}/stop", stop, Signature_Token=token)).json()
    assert (shown["status"], shown["stopped_on"], shown["stopped_until"]) == ("SUSPENDED", "2025-02-03", None)
    token = await _signed(api, "ines", "stop", stop)
    again = await api.call("POST", "ines", f"{path}/stop", stop, expects=409, Signature_Token=token)
    assert again.json()["code"] == "not_open"
    back = {
        "since": today,
        "register_checked_on": today,
        "reference": "RP Darmstadt, IV-24-31",
        "reason": "Seen on site by the authority.",
        "evidence": [await api.seeded.upload()],
    }
    token = await _signed(api, "priya", "restore", back)
    read = (await api.call("GET", "priya", path)).headers["ETag"]
    given: dict[str, Any] = {"Signature_Token": token, "If_Match": read}
    shown = (await api.call("POST", "priya", f"{path}/restoration", back, **given)).json()
    assert (shown["status"], shown["stopped_on"], shown["stopped_until"]) == ("VERIFIED", "2025-02-03", today)
    assert await api.get("ines", path) == shown
