"""What a run of a workflow hands to the next one keeps its stored names."""

from pydantic_core import to_json

from domain.core.case import Carried

STORED = {
    "stage": "RELEASED",
    "entries": 3,
    "opened": 2,
    "started": ["CAPA-1"],
    "heard": ["M-1"],
    "offers": ["hold"],
    "held": False,
    "answered": ["C-1"],
}


def test_what_is_carried_over_is_read_and_written_by_its_stored_names() -> None:
    carried = Carried.model_validate(STORED)
    assert carried.received == ("M-1",)
    assert carried.model_dump(mode="json") == STORED


def test_histories_and_models_write_the_same() -> None:
    carried = Carried(stage="RELEASED", entries=3, opened=2, received=("M-1",))
    assert to_json(carried) == carried.model_dump_json().encode()
    assert Carried.model_validate_json(to_json(carried)) == carried
