"""What was bought and goes into a batch: products that are imported (G13), makers of substances (G1, G3, G4)."""

from tests.one_flaw.authorised import importing, varied
from tests.one_flaw.bought import from_somewhere, solvent_arrived, with_solvent
from tests.one_flaw.imports import covers_no_more, licensed, once_unasked
from tests.one_flaw.places import LARNWICK, PAKKAUS
from tests.one_flaw.rows import Judged, Refused, Released, Row, held
from tests.one_flaw.world import EU_PACK, US_PACK

_SOLVENT = "Diluent for Arlivan D-9 of Alpwasser AG, Basel"
IMPORTED = (
    Row("a solvent that was bought in Switzerland, and nobody knows when it came", "EU", with_solvent(),
        Refused("G13", f"no arrival is recorded of {_SOLVENT}, which P-1001 (BAT-4) was made with, and which ")),
    Row("a solvent from Switzerland that customs have not cleared", "EU", with_solvent(solvent_arrived(cleared=False)),
        Refused("G13", f"consignment IMP-91 of {_SOLVENT} is not cleared by customs")),
    Row("a solvent from Switzerland that arrived after it had been packed", "EU",
        with_solvent(solvent_arrived(early=False)), Refused("G13", "arrived after P-1001 (BAT-4) had been made ")),
    Row("a solvent from Switzerland that arrived under no authorisation", "EU",
        with_solvent(solvent_arrived(authorisation_id=None)), Refused("G13", "has shown no authorisation for it")),
    Row("a solvent from Switzerland that nobody tests in the Union", "EU",
        with_solvent(solvent_arrived(), tested=False), Refused("G9", "it is imported, and the importer's test of ")),
    Row("a solvent from Switzerland whose importer is not registered", "EU",
        with_solvent(solvent_arrived(), varied("EU", importing(PAKKAUS))),
        Refused("G10", f"where {_SOLVENT} arrived on ")),
    Row("a solvent from Switzerland whose importer is found not to be authorised for import", "EU",
        with_solvent(solvent_arrived(), covers_no_more()),
        held("G13", "nobody has confirmed that authorisation MIA-FI-77 covers import")),
    Row("a solvent from Switzerland whose importer's authorisation has ended since it came", "EU",
        with_solvent(solvent_arrived(to_site_id="LR-01"), importer=licensed(LARNWICK, ends_with=EU_PACK)),
        Judged("G13", f"of {_SOLVENT} arrived at Cork (LR-01) under authorisation MIA-IE-77, which had ended on ")),
    Row("a solvent from Switzerland, from before imports were asked for", "EU", with_solvent(once_unasked(EU_PACK)),
        Judged("G13", f"no arrival is recorded of {_SOLVENT}")),
    Row("a solvent from a country that nobody has told", "EU", with_solvent(from_somewhere()),
        Judged("G13", f"from which country {_SOLVENT} came")),
    Row("a solvent from Switzerland that arrived, was cleared and is tested", "EU", with_solvent(solvent_arrived()),
        Released()),
    Row("a solvent that was bought in the Union", "EU", with_solvent(came_from="DE", tested=False), Released()),
    Row("a solvent from Switzerland, for the States", "US", with_solvent(what=US_PACK, tested=False), Released()),
)  # fmt: skip
ROWS = IMPORTED
