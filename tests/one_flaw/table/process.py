"""Flaws of the process: parameters, their ranges, and what was said of a departure (gate G6)."""

from typing import Any

from tests.one_flaw.flaws import (
    accepted,
    assessed,
    both,
    closed,
    deviates,
    filed,
    lifted,
    measured,
    otherwise,
    run_by_newer_parameters,
    seen,
    unsaid,
)
from tests.one_flaw.making import corrected_value, known_before, measured_later
from tests.one_flaw.older import once_accepted
from tests.one_flaw.past import IMPURITY, TEMPERATURE, Past
from tests.one_flaw.places import PAKKAUS
from tests.one_flaw.rows import Barred, Judged, Refused, Released, Row, Seen, held
from tests.one_flaw.world import BULK, EU_PACK, INTERMEDIATE, US_PACK

TOO_HOT: dict[str, Any] = {"parameter": TEMPERATURE}
DATA: dict[str, Any] = {
    "impact_on": [{"attribute": IMPURITY, "data": "0.11 % in three samples; limit 0.15 %."}],
}


def departs(what: str) -> Any:
    """A temperature beyond its proven range, and the deviation that says so."""
    return both(measured(what, "52.6"), deviates(what, **TOO_HOT))


HOT_EU = measured(EU_PACK, "52.6")
NORMAL = measured(EU_PACK, "46")
_OF_THE_PACK = (
    Row("a temperature lies outside its proven range", "EU", HOT_EU,
        held("G6", "Temperature 52.6 °C is outside its proven acceptable range without a deviation")),
    Row("a temperature lies just above its proven range", "US", measured(US_PACK, "50.1"),
        held("G6", "Temperature 50.1 °C is outside its proven acceptable range without a deviation")),
    Row("a temperature lies outside its normal range", "EU", NORMAL,
        held("G6", "Temperature 46 °C is outside its normal range without a deviation")),
    Row("another set of parameters was effective at the start", "EU", run_by_newer_parameters(EU_PACK),
        Refused("G6", "but version 2.0 (PS-902) was effective at the start")),
    Row("a departure whose deviation is not accepted", "EU",
        both(departs(EU_PACK), closed(EU_PACK, **DATA), assessed(EU_PACK), filed(EU_PACK, "EU")),
        held("G6", "DEV-77 (Temperature): is not accepted", "G7")),
    Row("a departure that development has not assessed", "EU",
        both(departs(EU_PACK), closed(EU_PACK, **DATA), filed(EU_PACK, "EU"),
             accepted(EU_PACK, "quentin", cause_corrected=True)),
        held("G6", "DEV-77 (Temperature): is not assessed by process development")),
    Row("a departure of which regulatory affairs has said nothing", "EU",
        both(departs(EU_PACK), closed(EU_PACK, **DATA), assessed(EU_PACK),
             accepted(EU_PACK, "quentin", cause_corrected=True)),
        held("G6", "regulatory affairs has not stated what it means in EU")),
    Row("a departure that misses a registered limit", "EU",
        both(departs(EU_PACK), closed(EU_PACK, **DATA), assessed(EU_PACK), filed(EU_PACK, "EU", limit_missed=True),
             accepted(EU_PACK, "quentin", cause_corrected=True)),
        held("G6", "misses a limit that is registered in EU")),
    Row("a departure, assessed and accepted by the qualified person", "EU",
        both(departs(EU_PACK), closed(EU_PACK, **DATA), assessed(EU_PACK), filed(EU_PACK, "EU"),
             accepted(EU_PACK, "quentin", cause_corrected=True), lifted(EU_PACK, "carla", "hana", "PROCESS"),
             lifted(EU_PACK, "priya", "hana", "DEVIATION")),
        Judged("G6", "was outside its proven acceptable range: DEV-77")),
    Row("a departure for the States, accepted by the quality unit", "US",
        both(departs(US_PACK), closed(US_PACK, **DATA), assessed(US_PACK), filed(US_PACK, "US"),
             accepted(US_PACK, "petra", cause_corrected=True), lifted(US_PACK, "carla", "hana", "PROCESS"),
             lifted(US_PACK, "priya", "hana", "DEVIATION")),
        Judged("G6", "was outside its proven acceptable range: DEV-77")),
    Row("outside the normal range, with a minor deviation", "EU",
        both(NORMAL, deviates(EU_PACK, "MINOR", **TOO_HOT), closed(EU_PACK), seen(EU_PACK),
             lifted(EU_PACK, "carla", "hana")),
        Released()),
)  # fmt: skip

READY = (closed(EU_PACK, **DATA), assessed(EU_PACK), filed(EU_PACK, "EU"))
ACCEPTED = (
    measured_later(EU_PACK, "52.6"),
    deviates(EU_PACK, **TOO_HOT),
    *READY,
    accepted(EU_PACK, "quentin", cause_corrected=True),
    lifted(EU_PACK, "carla", "hana", "PROCESS"),
    lifted(EU_PACK, "priya", "hana", "DEVIATION"),
)
APART = [{"batch_id": "BAT-4", "included": False, "reason": "It ran on another line."}]
KNOWN = (*ACCEPTED, known_before(EU_PACK, US_PACK))
_ONCE = (
    Row("a departure that was accepted as planned", "EU",
        both(departs(EU_PACK), *READY,
             once_accepted(EU_PACK, unexpected=False, cause_corrected=True),
             lifted(EU_PACK, "carla", "hana", "PROCESS"), lifted(EU_PACK, "priya", "hana", "DEVIATION")),
        Refused("G6", "DEV-77 (Temperature): is not unexpected", frozenset({"G7"}))),
    Row("a departure that was accepted with an unmet specification", "EU",
        both(departs(EU_PACK), *READY,
             once_accepted(EU_PACK, specifications_met=False, cause_corrected=True),
             lifted(EU_PACK, "carla", "hana", "PROCESS"), lifted(EU_PACK, "priya", "hana", "DEVIATION")),
        Refused("G6", "DEV-77 (Temperature): a registered specification is not met", frozenset({"G7"}))),
    Row("a departure whose cause is not corrected", "EU",
        both(departs(EU_PACK), *READY, once_accepted(EU_PACK, cause_corrected=False),
             lifted(EU_PACK, "carla", "hana", "PROCESS"), lifted(EU_PACK, "priya", "hana", "DEVIATION")),
        Refused("G6", "its cause is not corrected")),
    Row("it comes out that a departure was known before", "EU",
        both(*KNOWN),
        Refused("G6", "known before the batch was begun by DEV-78 of batch P-1002", frozenset({"G7", "G14"}))),
    Row("the site has closed the deviation of the earlier batch, and nobody has said that the cause is corrected", "EU",
        both(*KNOWN, closed(US_PACK, deviation_id="DEV-78", associated=APART, **DATA)),
        Refused("G6", "known before the batch was begun by DEV-78 of batch P-1002", frozenset({"G7", "G14"}))),
    Row("an earlier batch departed to the other side of the range", "EU",
        both(*ACCEPTED, known_before(EU_PACK, US_PACK, "29")),
        Refused("G6", "was outside its proven acceptable range: DEV-77", frozenset({"G7", "G14"}))),
    Row("a departure is measured after its investigation", "EU",
        both(deviates(EU_PACK, **TOO_HOT), closed(EU_PACK), measured_later(EU_PACK, "52.6")),
        held("G6", "DEV-77 (Temperature): is not accepted; DEV-77 (Temperature): gives no data on Impurity I-3", "G7")),
)  # fmt: skip
_ELSEWHERE = (
    Row("no temperature was reported", "EU", unsaid(EU_PACK, "parameters"), Seen("G6", "no value of Temperature")),
    Row("the end is reported without a temperature", "EU", unsaid(EU_PACK, "parameters"),
        Barred("rule_broken", "lack the critical parameters Temperature", "section 8, manufacture")),
    Row("it comes out that a set was effective for a step that is bound to none", "EU",
        both(otherwise(PAKKAUS, Past(has_parameters=False)), run_by_newer_parameters(EU_PACK)),
        Refused("G6", "the batch is bound to no parameter set")),
    Row("a pack without critical parameters follows its master instruction", "EU",
        otherwise(PAKKAUS, Past(has_parameters=False)), Released()),
    Row("the tablets ran outside the proven range, and are not confirmed", "EU", measured(BULK, "52.6"),
        held("G12", "T-0051 (BAT-3) is not released for EU", "G6")),
    Row("it comes out that the tablets ran outside the proven range", "EU", measured_later(BULK, "52.6"),
        held("G6", "T-0051 (BAT-3): Temperature is outside its proven acceptable range without a deviation")),
    Row("it comes out that the tablets departed, and nobody has assessed it", "EU",
        both(measured_later(BULK, "52.6"), deviates(BULK, **TOO_HOT)),
        held("G6", "T-0051 (BAT-3): DEV-77 (Temperature): is not accepted", "G7")),
    Row("it comes out that the tablets departed, and it was assessed and not accepted", "EU",
        both(measured_later(BULK, "52.6"), deviates(BULK, **TOO_HOT), closed(BULK, **DATA), assessed(BULK),
             filed(BULK, "EU", "US")),
        held("G6", "T-0051 (BAT-3): DEV-77 (Temperature): is not accepted", "G7")),
    Row("it comes out that the tablets departed, and it was assessed and accepted", "EU",
        both(measured_later(BULK, "52.6"), deviates(BULK, **TOO_HOT), closed(BULK, **DATA), assessed(BULK),
             filed(BULK, "EU", "US"), accepted(BULK, "priya", cause_corrected=True)),
        held("G6", "T-0051 (BAT-3): Temperature was outside its proven acceptable range: DEV-77")),
    Row("the intermediate ran outside the proven range, and is not released", "US", measured(INTERMEDIATE, "52.6"),
        held("G12", "I3-0417 (BAT-1) is not released for US", "G6")),
    Row("a slip of the temperature is corrected", "EU", corrected_value(EU_PACK, "52.6", "42.6"), Released()),
)  # fmt: skip
ROWS = (*_OF_THE_PACK, *_ONCE, *_ELSEWHERE)
