"""Whatever code may stand in the evidence or the report, the page says it in words, and names every site and person."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel

from domain.batch.gate.gate import Gate
from domain.batch.gate.results import Ask, GateResult, Needed
from domain.batch.holds.holds import HoldType
from domain.core.facts import StandingFact, kinds_of
from domain.release.evidence import BatchEvidence
from domain.release.gate_page import GivenJudgement
from domain.release.gate_report import GateReport
from domain.release.gate_report_text import as_page, rendered
from domain.release.gate_words import fact_in_words, lifters_in_words, words
from domain.release.gates import evaluate

SHOUTED = re.compile(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b")
FIELDS_OWN = frozenset({"OOS", "OOT", "OOE", "QP", "API", "MIA", "WDA", "CEP", "ISO", "NAI", "VAI", "OAI"})
"""What the field itself writes in capitals."""
SITE, SITE_NAME, PERSON, NAME = "XX-01", "Ostrau", "p-rita", "Rita Roth"
_PEOPLE = frozenset({"persons", "certifier", "accepted_by", "by"})
"""Fields that hold ids of people."""
_NAMED: dict[str, Any] = {
    "site_id": SITE, "site": SITE_NAME, "by_name": NAME, "decided_by": NAME, "corrected_by": NAME, "placed_by": NAME,
    "on_behalf_of": NAME, "because": "what was read", "name": SITE_NAME, "maker": SITE_NAME, "market": "EU",
    "issuers": "DE", "issued_by": "DE", "country": "DE",
}  # fmt: skip


def parts_of(annotation: Any) -> Iterator[Any]:
    """The types that an annotation is made of."""
    if get_origin(annotation) in (None, Literal):
        yield annotation
    for each in get_args(annotation) if get_origin(annotation) is not Literal else ():
        yield from parts_of(each)


def models_of(*roots: type[BaseModel]) -> list[type[BaseModel]]:
    """The models and all that stand in them."""
    seen: list[type[BaseModel]] = []
    todo = list(roots)
    while todo:
        model = todo.pop()
        if model not in seen:
            seen.append(model)
            kinds = [part for field in model.model_fields.values() for part in parts_of(field.annotation)]
            todo += [each for each in kinds if isinstance(each, type) and issubclass(each, BaseModel)]
    return seen


def enums_of(*roots: type[BaseModel]) -> list[type[StrEnum]]:
    """Every kind of code in them."""
    found = [
        part
        for model in models_of(*roots)
        for field in model.model_fields.values()
        for part in parts_of(field.annotation)
        if isinstance(part, type) and issubclass(part, StrEnum)
    ]
    return sorted(set(found), key=lambda each: each.__name__)


ENUMS = [each for each in enums_of(BatchEvidence, GateReport) if each is not Gate]
CODES = [code for kind in ENUMS for code in kind]


class Sample:
    """Evidence and reports in which everything is filled in, each kind of code with the one of a number."""

    def __init__(self, number: int, says: bool) -> None:  # noqa: FBT001
        self._number, self._says = number, says

    def of(self, model: type[BaseModel], depth: int = 0) -> Any:
        """One with everything filled in, as deep as nothing stands in itself."""
        values = {
            name: self._value(name, field.annotation, depth)
            for name, field in model.model_fields.items()
            if depth < 5 or field.is_required()
        }
        if model is GivenJudgement:
            values["by"] = NAME
        return model.model_validate(values)

    def _value(self, name: str, kind: Any, depth: int) -> Any:
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        if get_origin(kind) in (Union, UnionType):
            kind = next(each for each in get_args(kind) if each is not type(None))
        if get_origin(kind) is Annotated:
            kind = get_args(kind)[0]
        if get_origin(kind) in (dict, Mapping):
            return {}
        if get_origin(kind) in (tuple, frozenset):
            return [self._value(name, get_args(kind)[0], depth)]
        if kind is Needed:
            return Needed(list(Ask)[self._number % len(Ask)], "something")
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return self.of(kind, depth + 1)
        if isinstance(kind, type) and issubclass(kind, StrEnum):
            return list(kind)[self._number % len(kind)]
        if name in _PEOPLE and kind is str:
            return PERSON
        known: dict[Any, Any] = {
            str: _NAMED.get(name, "something"), bool: self._says, int: 1, Decimal: Decimal(1), date: date(2025, 9, 1),
            datetime: datetime(2025, 9, 1, tzinfo=UTC),
        }  # fmt: skip
        return known[kind] if kind in known else known[datetime]


@pytest.mark.parametrize("code", CODES, ids=lambda code: f"{type(code).__name__}.{code.name}")
def test_every_code_has_words(code: StrEnum) -> None:
    assert not SHOUTED.search(words(code))
    assert words(code) in FIELDS_OWN or not words(code).isupper()


@pytest.mark.parametrize("number", range(max(map(len, ENUMS))))
def test_every_code_is_said_in_words_wherever_it_stands(number: int) -> None:
    for says in (False, True):
        sample = Sample(number, says)
        evidence, report = sample.of(BatchEvidence), sample.of(GateReport)
        gates = evaluate(evidence, {}, datetime(2025, 10, 1, tzinfo=UTC))
        assert all(each.reason and each.looked_at for each in gates)
        for signed in (False, True):
            page = rendered(report.model_copy(update={"gates": gates, "as_signed": signed, "judgements": ()}))
            assert not said_in_code(page)
        assert not said_in_code("\n".join(line for each in gates for line in (each.reason, *each.looked_at)))


def said_in_code(text: str) -> list[str]:
    """Codes, and ids that stand without the name of whom or what they are."""
    plain = " ".join(text.split())
    shouted = SHOUTED.findall(plain)
    codes = {each.value for each in CODES if len(each.value) > 2} - FIELDS_OWN
    shouted += [each for each in re.findall(r"\b[A-Z]{3,}\b", plain) if each in codes]
    nameless = re.findall(rf"(?<!{SITE_NAME} \(){SITE}", plain)
    return [*shouted, *nameless, *re.findall(PERSON, plain)]


def test_the_search_for_codes_finds_what_it_is_for() -> None:
    assert said_in_code("G1 SUSPENDED, GMP_CERT at XX-01, by p-rita") == ["GMP_CERT", "SUSPENDED", "XX-01", "p-rita"]
    assert not said_in_code("GATES: all open at Ostrau (XX-01), OOS by Rita Roth (QP)")
    assert len(ENUMS) > 20


@pytest.mark.parametrize("type_", HoldType)
def test_every_hold_says_who_lifts_it_and_after_what(type_: HoldType) -> None:
    said = lifters_in_words(type_, None)
    assert said.startswith("lifted ")
    assert not SHOUTED.search(said)
    if type_ is not HoldType.OTHER_MARKET:
        assert lifters_in_words(type_, NAME).startswith(f"lifted by {NAME} once ")


def test_every_standing_fact_has_words() -> None:
    """As a clause that says what has happened, not as its name taken apart."""
    kinds = (kind for kind in kinds_of() if issubclass(kind, StandingFact) and kind.__module__.startswith("domain."))
    said = {kind.__name__: fact_in_words(kind.__name__) for kind in kinds}
    assert said["OosConfirmed"] == "a result outside its specification was confirmed"
    verbs = re.compile(r" (is|was|has|counts|stops|names|may) ")
    assert [name for name, text in said.items() if not verbs.search(text)] == []
    assert all(text == text.lower() and "_" not in text for text in said.values())


def test_the_reason_of_a_hold_is_kept_out_of_what_is_shown_and_signed() -> None:
    shown = GateResult.model_json_schema(mode="serialization")["properties"]
    assert "hold_reason" not in shown
    assert "reason" in shown


def test_the_page_is_html_of_the_same_words() -> None:
    report = Sample(0, says=False).of(GateReport)
    assert as_page(report).count("<pre>") == 1
