"""What was bought and goes into a batch: products that are imported (G13), makers of substances (G1, G3, G4)."""

from tests.one_flaw.authorised import importing, varied
from tests.one_flaw.bought import (
    NOVASINT,
    SOLVENT,
    from_somewhere,
    lot_corrected,
    solvent_arrived,
    with_bought_substance,
    with_solvent,
)
from tests.one_flaw.flaws import both, listed, reported, said
from tests.one_flaw.imports import covers_no_more, licensed, once_unasked
from tests.one_flaw.places import LARNWICK, PAKKAUS, TAVIRA
from tests.one_flaw.rows import Judged, Refused, Released, Row, held, waits
from tests.one_flaw.site_flaws import corrects
from tests.one_flaw.world import BULK, EU_PACK, US_PACK

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
_LOT = "ARL-204 K-5 of Novasint, Brno in T-0051 (BAT-3)"
_MAKES = "manufacture of the active substance at Brno (NV-01)"
_STARTING = {"name": "Coupling agent C-12", "lot": "C-1", "part": "STARTING_MATERIAL"}
MAKERS = (
    Row("a substance that was bought from a qualified maker", "EU", with_bought_substance(), Released()),
    Row("a substance that was bought from a qualified maker, for the States", "US", with_bought_substance(),
        Released()),
    Row("the maker of a bought substance is suspended", "EU",
        with_bought_substance(listed(NOVASINT, "SUSPENDED", suspension_scope="NEW_ORDERS_AND_RELEASE")),
        Refused("G1", f"{_LOT}: {_MAKES} is suspended")),
    Row("the maker of a bought substance was never qualified", "EU", with_bought_substance(is_listed=False),
        waits("G1", f"{_LOT}: {_MAKES} was not on the list", "G4", "G12", "G14")),
    Row("the maker of a bought substance is qualified for another one", "US", with_bought_substance(product="ARL-205"),
        waits("G1", f"Brno (NV-01) is not qualified as source of the active substance {_LOT}", "G12", "G14")),
    Row("the maker of a bought substance shows nothing of its GMP", "EU", with_bought_substance(has_certificate=False),
        Refused("G3", f"{_LOT}: no valid certificate of ")),
    Row("the audit of the maker of a bought substance is overdue", "US",
        with_bought_substance(listed(NOVASINT, "APPROVED", next_audit_due="2024-01-01", last_audit_day="2020-01-01")),
        Refused("G4", f"{_LOT}: the audit of ")),
    Row("something critical is open at the maker of a bought substance", "EU",
        with_bought_substance(corrects(NOVASINT)), Refused("G5", f"{_LOT}: ")),
    Row("the authority states that the maker of a bought substance does not comply", "EU",
        with_bought_substance(reported(NOVASINT, "NON_COMPLIANCE_STATEMENT")), Refused("G14", f"{_LOT}: EVT-1 ")),
    Row("the maker of a bought substance is under an import alert", "US",
        with_bought_substance(reported(NOVASINT, "IMPORT_ALERT")), Refused("G14", f"{_LOT}: EVT-1 ")),
    Row("nobody has named the site that has made a bought starting material", "EU",
        said(BULK, "start", materials=[{**_STARTING, "manufacturer": "Rheinchem AG"}]),
        Judged("G1", "which registered site has made Coupling agent C-12 C-1 of Rheinchem AG, which T-0051 (BAT-3) ")),
    Row("a starting material that the maker of the tablets makes itself", "EU",
        said(BULK, "start", materials=[
            {**_STARTING, "manufacturer": "Tavira Comprimidos, Porto", "maker_site_id": TAVIRA.site_id}]), Released()),
)  # fmt: skip
_UNNAMED = {**_STARTING, "manufacturer": "Tavira Comprimidos, Porto"}
_OF_NOBODY = said(BULK, "start", materials=[_UNNAMED])
_UNTOLD = with_solvent(from_somewhere(), tested=False)
CORRECTED = (
    Row("the site that has made a bought starting material is named once the tablets are released", "EU",
        both(_OF_NOBODY, lot_corrected(BULK, _UNNAMED, maker_site_id=TAVIRA.site_id)),
        Refused("G14", "T-0051 (BAT-3): a review after its release is open")),
    Row("the site that has made a bought starting material is named, and nobody confirms that", "EU",
        both(_OF_NOBODY, lot_corrected(BULK, _UNNAMED, confirmed=False, maker_site_id=TAVIRA.site_id)),
        Refused("G1", "which registered site has made Coupling agent C-12 C-1 of Tavira Comprimidos, Porto")),
    Row("a solvent from a country that nobody has told came from the Union, as a correction says", "EU",
        both(_UNTOLD, lot_corrected(EU_PACK, SOLVENT, came_from="DE")), Released()),
    Row("a solvent from a country that nobody has told came from Switzerland, as a correction says", "EU",
        both(with_solvent(from_somewhere()), lot_corrected(EU_PACK, SOLVENT, came_from="CH")),
        Refused("G13", f"no arrival is recorded of {_SOLVENT}")),
)  # fmt: skip
ROWS = (*IMPORTED, *MAKERS, *CORRECTED)
