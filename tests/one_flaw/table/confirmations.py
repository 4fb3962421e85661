"""Flaws of confirmations along the agreement of the qualified persons, and what is right with them (gate G13)."""

from tests.one_flaw.confirming import (
    agreed,
    agreed_anew,
    asked_for_later,
    confirmed,
    ended_of_who_confirms,
    kept_nothing,
    withdrawn,
)
from tests.one_flaw.flaws import both
from tests.one_flaw.licences import ended, on_the_licence_of
from tests.one_flaw.places import PAKKAUS, TAVIRA
from tests.one_flaw.rows import Judged, Refused, Released, Row, held
from tests.one_flaw.world import BULK

PACKED = "P-1001 (BAT-4), packaging at Turku (PK-01), is not confirmed by a qualified person of "
OF_PORTO = agreed(PAKKAUS, "OTHER_SITE", "5.3", site="TB-01")

MISSING = (
    Row("no agreement says who answers for the packaging", "EU", agreed(PAKKAUS, None),
        Refused("G13", f"{PACKED}Turku (PK-01), as each site is that does it; quality agreement ")),
    Row("the packer is to confirm, and has not", "EU", agreed(PAKKAUS, "SITE"),
        Refused("G13", ", version 1, article 5.2 asks")),
    Row("the maker of the tablets is to answer for the packaging, and has not", "EU", OF_PORTO,
        Refused("G13", f"{PACKED}Porto (TB-01), as quality agreement ")),
    Row("another site answers for the tablets, and the maker's own has confirmed them", "EU",
        agreed(TAVIRA, "OTHER_SITE", "5.4", site="PK-01"),
        Refused("G13", "of Bela Reis does not count: it is of a qualified person of Porto (TB-01)")),
    Row("the packer's confirmation is withdrawn", "EU", both(agreed(PAKKAUS, "SITE"), confirmed(), withdrawn()),
        held("G13", f"{PACKED}Turku (PK-01)")),
    Row("the packer has confirmed along an agreement that was not in force", "EU",
        both(agreed(PAKKAUS, "SITE"), confirmed(), agreed_anew(PAKKAUS, days_ago=30)),
        Refused("G13", "does not count: it rests on quality agreement ")),
    Row("the maker has confirmed the tablets along an agreement that was not in force", "EU",
        agreed_anew(TAVIRA, days_ago=30),
        Refused("G13", "T-0051 (BAT-3), manufacture of the dosage form at Porto (TB-01), is not confirmed by ")),
    Row("the packer has confirmed under an appointment that had ended", "EU",
        both(agreed(PAKKAUS, "SITE"), confirmed(), ended_of_who_confirms()),
        Refused("G13", "of Pirkko Salo does not count: it was signed under ")),
    Row("the maker of the tablets is to answer for the packaging, and the certifier is on the packer's licence", "EU",
        both(OF_PORTO, ended(), on_the_licence_of(PAKKAUS)),
        Refused("G13", "who certifies on its licence needs no other to confirm it")),
    Row("the packer was never asked to confirm", "EU", both(agreed(PAKKAUS, None), asked_for_later()),
        Judged("G13", f"{PACKED}Turku (PK-01)")),
)  # fmt: skip
RIGHT = (
    Row("the packer is to confirm, and has", "EU", both(agreed(PAKKAUS, "SITE"), confirmed()), Released()),
    Row("no agreement says who answers for the packaging, and the packer has confirmed it", "EU",
        both(agreed(PAKKAUS, None), confirmed()), Released()),
    Row("the maker of the tablets answers for the packaging, and has confirmed it", "EU",
        both(OF_PORTO, confirmed(TAVIRA)), Released()),
    Row("the packer is to confirm, and whoever certifies is on its licence", "EU",
        both(agreed(PAKKAUS, "SITE"), ended(), on_the_licence_of(PAKKAUS)), Released()),
    Row("whoever certifies answers for the tablets, too", "EU", agreed(TAVIRA, "CERTIFIER", "5.5"), Released()),
    Row("the tablets were confirmed before it was kept along which version", "EU", kept_nothing(BULK), Released()),
    Row("no agreement says who answers for a pack that no qualified person certifies", "US", agreed(PAKKAUS, None),
        Released()),
)  # fmt: skip

ROWS = (*MISSING, *RIGHT)
