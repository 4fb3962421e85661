"""What takes the place of what a person has seen of a record beside cases names the version that was seen."""

import pytest

from domain.core.entry import Entry, PlainEvent, Signed
from domain.core.forms import Form
from domain.core.record_kinds import RecordKind, is_of_what_was_read
from domain.core.refusals import Code
from domain.record_kinds import RECORD_KINDS
from tests.api.calling import Api
from tests.api.core.test_openapi import OPERATIONS, bodies
from tests.domain.filling import filled
from tests.records.databases import on_one_database
from tests.records.qualifying import refused
from tests.records.seeded import START, Seeded

pytestmark = on_one_database
REPLACING = [
    pytest.param(kind, form, id=kind.event_type(form))
    for kind in RECORD_KINDS
    for form in kind.forms
    if is_of_what_was_read(form)
]


def _path(kind: RecordKind, form: type[Form]) -> str:
    (path,) = {
        path
        for _, path, operation in OPERATIONS
        if {"$ref": f"#/components/schemas/{form.__name__}"} in bodies(operation)
    }
    before, _, rest = path.partition("{")
    return f"{before}{kind.example}{rest.partition('}')[2]}"


@pytest.mark.parametrize(("kind", "form"), REPLACING)
async def test_without_it_nothing_is_written_and_once_it_has_moved_neither(
    api: Api, kind: RecordKind, form: type[Form]
) -> None:
    path, given = _path(kind, form), filled(form)
    body = given.model_dump(mode="json")
    assert (await api.call("POST", "ines", path, body, expects=428)).json()["code"] == "version_missing"
    await api.call("POST", "ines", path, body, expects=412, If_Match="*")
    assert (await refused(_written(api.seeded, kind, given, read=1))).code is Code.VERSION_STALE


async def _written(seeded: Seeded, kind: RecordKind, form: Form, *, read: int) -> None:
    meaning = form.meaning()
    assert meaning is not None
    signs = Signed(record_id=kind.example, action=form.action.name, version=None, record_hash="0", meaning=meaning)
    line = PlainEvent(type=kind.event_type(type(form)), payload={}, signs=signs)
    await seeded.journal.write(
        Entry(
            stream=kind.example,
            command_id="late",
            at=START,
            actor=await seeded.actor("ines"),
            lines=(line,),
            expected_version=read,
        )
    )
