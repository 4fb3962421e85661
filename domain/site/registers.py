"""The public registers in which a site is looked up (domain specification, section 4)."""

from enum import StrEnum


class Register(StrEnum):
    """A public register of authorities, or the sanctions lists."""

    EUDRAGMDP = "EUDRAGMDP"
    FDA_INSPECTIONS = "FDA_INSPECTIONS"
    FDA_WARNING_LETTERS = "FDA_WARNING_LETTERS"
    FDA_IMPORT_ALERT = "FDA_IMPORT_ALERT"
    NCA = "NCA"
    SANCTIONS = "SANCTIONS"

    @property
    def is_negative(self) -> bool:
        """Whether it lists only what is wrong, so that not being listed means CLEAR."""
        return self in (Register.SANCTIONS, Register.FDA_WARNING_LETTERS, Register.FDA_IMPORT_ALERT)
