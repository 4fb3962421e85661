"""What is signed is found by its name."""

import pytest

from domain.core.record_kinds import RecordKind
from domain.record_kinds import RECORD_KINDS
from tests.api.calling import Api
from tests.records.databases import on_one_database

pytestmark = on_one_database


@pytest.mark.parametrize("kind", RECORD_KINDS, ids=lambda kind: kind.noun)
async def test_a_wrong_number_of_a_record_says_how_such_a_record_is_named(api: Api, kind: RecordKind) -> None:
    body = {"password": "vetted", "record": f"{kind.prefix.rstrip('-').lower()}#9", "action": "enter", "form": {}}
    answer = await api.post("ines", "/v1/signatures", body, expects=404)
    assert answer["fields"] == {"record": "unknown"}
    assert answer["title" if "detail" not in answer else "detail"].startswith(f"{kind.called} is named as in")


async def test_another_name_is_told_all_kinds_of_records(api: Api) -> None:
    body = {"password": "vetted", "record": "AUD-999", "action": "enter", "form": {}}
    answer = await api.post("ines", "/v1/signatures", body, expects=404)
    assert "an appointment (APT-2026-004)" in str(answer)
