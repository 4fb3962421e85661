"""Flaws of what was made: process, deviations, results, analysis, changes, materials (gates G6 to G10 and G12)."""

from tests.one_flaw.flaws import analysed, deviates, does, fails, measured, run_by_newer_parameters, unsaid
from tests.one_flaw.rows import Refused, Row, held
from tests.one_flaw.world import EU_PACK, US_PACK

G6 = (
    Row(
        "a temperature lies outside its proven range",
        "EU",
        measured(EU_PACK, "52.6"),
        held("G6", "Temperature 52.6 Cel is outside its proven acceptable range"),
    ),
    Row(
        "a temperature lies just above its proven range",
        "US",
        measured(US_PACK, "50.1"),
        held("G6", "Temperature 50.1 Cel is outside its proven acceptable range"),
    ),
    Row(
        "another set of parameters was effective at the start",
        "EU",
        run_by_newer_parameters(EU_PACK),
        Refused("G6", "but PS-902 was effective at the start"),
    ),
)
G7 = (
    Row("a deviation of the pack is open", "EU", deviates(EU_PACK), held("G7", "DEV-77 is open")),
    Row("a minor deviation of the pack is open", "US", deviates(US_PACK, "MINOR"), Refused("G7", "DEV-77 is open")),
)
G8 = (
    Row("a result of the pack is outside its specification", "EU", fails(EU_PACK), held("G8", "OOS-77 (Impurity I-3)")),
    Row("the same for the quality unit", "US", fails(US_PACK), held("G8", "OOS-77 (Impurity I-3)")),
)
G9 = (
    Row("there is no certificate of analysis", "EU", unsaid(EU_PACK, "coa"), held("G9", "no certificate of analysis")),
    Row(
        "nobody of the sponsor has tested",
        "EU",
        unsaid(EU_PACK, "own-testing"),
        held("G9", "own testing is overdue"),
    ),
    Row(
        "own testing differs",
        "US",
        analysed(US_PACK, "0.02", "own-testing"),
        held("G9", "own testing differs in: Impurity I-3: 0.02 and 0.12"),
    ),
)
G10 = (
    Row(
        "a change was never notified",
        "EU",
        does(EU_PACK, "aino", "change", change_id="CC-9"),
        Refused("G10", "CC-9 was never notified"),
    ),
    Row(
        "a change was never notified, for the quality unit as well",
        "US",
        does(US_PACK, "aino", "change", change_id="CC-9"),
        Refused("G10", "CC-9 was never notified"),
    ),
)

ROWS = (*G6, *G7, *G8, *G9, *G10)
