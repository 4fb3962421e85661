from typing import Any

import pytest
from pydantic import ValidationError

from domain.core.refusals import Refused
from domain.exchange.parameter_rules import Version, is_widened, next_version, refuse_unless_sound, touches_registration
from domain.exchange.parameters import Parameter, ParameterContent, QualityAttribute
from tests.domain.filling import faults, filled

DATA, MORE_DATA = ({"document_id": f"DOC-{n}", "sha256": str(n) * 64} for n in (1, 2))
NARROW_NOR = {"nor_low": "38", "nor_high": "42"}


def parameter(**given: Any) -> Parameter:
    return filled(Parameter, {"linked_cqas": ["Impurity I-3"], **given})


def attribute(**given: Any) -> QualityAttribute:
    return filled(QualityAttribute, {"limit_high": "0.15", **given})


def content(*rows: Parameter | QualityAttribute) -> ParameterContent:
    parameters = tuple(row for row in rows if isinstance(row, Parameter)) or (parameter(),)
    attributes = tuple(row for row in rows if isinstance(row, QualityAttribute)) or (attribute(),)
    return ParameterContent(parameters=parameters, attributes=attributes)


BASE = content(parameter(evidence=[DATA]))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, set()),
        ({"target": "35"}, set()),
        ({"target": "45", "nor_high": "45", "par_high": "45"}, set()),
        (dict.fromkeys(("par_low", "nor_low", "target", "nor_high", "par_high"), "40"), set()),
        ({"par_unit": "Cel"}, set()),
        ({"par_unit": "K"}, {"par_unit"}),
        ({"nor_low": "29.9999999999"}, {"nor_low"}),
        ({"nor_high": "50.1"}, {"nor_high"}),
        ({"nor_low": "29", "nor_high": "51"}, {"nor_low", "nor_high"}),
        ({"target": "34"}, {"target"}),
        ({"target": "46"}, {"target"}),
        ({"par_low": "50", "par_high": "30"}, {"nor_low", "nor_high"}),
        ({"linked_cqas": []}, {"linked_cqas"}),
        ({"linked_cqas": ["Impurity I-9"]}, {"linked_cqas.0"}),
        ({"linked_cqas": ["Impurity I-3", "Impurity I-3"]}, {"linked_cqas.1"}),
    ],
)
def test_ranges_lie_within_one_another_and_a_critical_parameter_names_its_attributes(
    given: dict[str, Any], expected: set[str]
) -> None:
    found = faults(lambda: refuse_unless_sound(content(parameter(**given), attribute(rationale="Purged later."))))
    assert found == {f"parameters.0.{field}" for field in expected}


def test_a_fault_names_the_row_and_the_rule() -> None:
    with pytest.raises(Refused) as caught:
        refuse_unless_sound(content(parameter(), parameter(name="Cooling temperature", nor_low="20")))
    assert caught.value.refusal.fields == {
        "parameters.1.nor_low": "Cooling temperature: lies outside its proven acceptable range"
    }


@pytest.mark.parametrize("bound", [None, "NaN", "Infinity", "1e400", "forty", ""])
def test_a_bound_is_a_number(bound: str | None) -> None:
    with pytest.raises(ValidationError):
        parameter(nor_low=bound)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, set()),
        ({"limit_high": None}, {"limit_high"}),
        ({"limit_low": "0.15"}, set()),
        ({"limit_low": "0.16"}, {"limit_low"}),
        ({"limit_low": "98", "limit_high": None}, set()),
    ],
)
def test_an_attribute_has_limits(given: dict[str, Any], expected: set[str]) -> None:
    found = faults(lambda: refuse_unless_sound(content(attribute(**given))))
    assert found == {f"attributes.0.{field}" for field in expected}


@pytest.mark.parametrize(("given", "refused"), [({}, True), ({"rationale": "Purged in the crystallisation."}, False)])
def test_an_attribute_is_controlled_by_a_critical_parameter_or_it_is_said_why_not(
    given: dict[str, Any], *, refused: bool
) -> None:
    key = parameter(name="Stirring", parameter_class="KPP", linked_cqas=["Impurity I-4"])
    other = attribute(name="Impurity I-4", **given)
    found = faults(lambda: refuse_unless_sound(content(parameter(), key, attribute(), other)))
    assert found == ({"attributes.1.rationale"} if refused else set())


def test_names_are_unique_whatever_their_case_and_spacing() -> None:
    twice = content(parameter(), parameter(name="coupling  Temperature"), attribute(), attribute(name="IMPURITY I-3"))
    assert faults(lambda: refuse_unless_sound(twice)) == {"parameters.1.name", "attributes.1.name"}


@pytest.mark.parametrize(
    ("given", "refused"),
    [
        (NARROW_NOR, False),
        ({"par_low": "32", "par_high": "48"}, False),
        ({"par_low": "29"}, True),
        ({"par_high": "51"}, True),
        ({"par_high": "51", "evidence": [DATA]}, True),
        ({"par_high": "51", "evidence": [DATA, MORE_DATA]}, False),
        ({"name": "Reactor temperature"}, True),
        ({"name": "Reactor temperature", "evidence": [MORE_DATA]}, False),
        ({"name": "Reactor temperature", "parameter_class": "KPP"}, False),
    ],
)
def test_a_proven_range_is_widened_only_with_new_data(given: dict[str, Any], *, refused: bool) -> None:
    drafted = content(parameter(**({"evidence": [DATA]} | given)), attribute(rationale="Purged later."))
    found = faults(lambda: refuse_unless_sound(drafted, BASE))
    assert found == ({"parameters.0.evidence"} if refused else set())


IN_KELVIN = {"unit": "K", "target": "313.15", "nor_low": "308.15", "nor_high": "318.15"}


@pytest.mark.parametrize(
    ("given", "widened"),
    [
        ({"par_low": "303.15", "par_high": "323.15"}, False),
        ({"par_low": "303.15", "par_high": "323.16"}, True),
        ({"unit": "kg", "par_low": "303.15", "par_high": "323.15"}, True),
    ],
)
def test_another_unit_hides_no_widening(given: dict[str, Any], *, widened: bool) -> None:
    assert is_widened(parameter(), parameter(**(IN_KELVIN | given))) is widened


@pytest.mark.parametrize(
    ("given", "version"),
    [
        (content(parameter(**NARROW_NOR)), "1.4"),
        (content(parameter(control="Jacket control.")), "1.4"),
        (content(parameter(par_low="31")), "2.0"),
        (content(parameter(registered=True)), "2.0"),
        (content(parameter(), parameter(name="Stirring")), "2.0"),
        (content(parameter(), attribute(limit_high="0.10")), "2.0"),
        (content(parameter(), attribute(rationale="Also purged.")), "1.4"),
        (content(parameter(parameter_class="KPP")), "2.0"),
    ],
)
def test_the_first_number_grows_with_what_is_proven_or_registered(given: ParameterContent, version: str) -> None:
    assert str(next_version(Version(1, 3), content(), given)) == version


def test_anything_in_a_registered_row_makes_another_first_number() -> None:
    before, after = content(parameter(registered=True)), content(parameter(registered=True, **NARROW_NOR))
    assert next_version(Version(1, 3), before, after) == (2, 0)
    assert next_version(Version(1, 3), before, before) == (1, 4)


def test_the_first_set_is_one_point_nought() -> None:
    assert next_version(None, None, content()) == (1, 0)
    assert next_version(Version(2, 1), None, content()) == (3, 0)


def test_a_registered_row_concerns_regulatory_affairs_also_when_it_goes() -> None:
    registered = content(parameter(registered=True))
    assert not touches_registration(content(), [])
    assert touches_registration(registered, [])
    assert touches_registration(content(), [content(), registered])
