"""What the pages are made of: all that is imported from the program is imported here."""

from api import app as _app
from api.core.problems import STATUS
from cli import app as command_line
from domain.core.attestations import is_attestation, known_because
from domain.core.case_actions import COMMON_FORMS
from domain.core.clocks import ClockRule, Level, RungRule
from domain.core.days import DaysOf, OfficeDays, Span
from domain.core.facts import Fact
from domain.core.forms import Action, Audience, Form, Meaning, Process
from domain.core.people import NEVER_SIGN, Role
from domain.core.refusals import Code
from domain.policy.clinical_row import ClinicalRow
from domain.policy.limits import Limits
from domain.policy.market_asks import MarketAsks
from domain.policy.market_rule import MarketRule
from domain.policy.policy import EscalationLevel, Policy, Recipients, load
from domain.policy.reliance import Reliance
from domain.processes import FORMS
from domain.release.reach import in_words
from records.contexts import load as load_contexts
from records.installation.supplementing import POLICY_FILE
from settings import FROM_FILE, Mode, Settings, SettingsError, variable
from settings import load as load_settings
from worker import WORKFLOWS

__all__ = [
    "COMMON_FORMS",
    "FORMS",
    "FROM_FILE",
    "NEVER_SIGN",
    "POLICY_FILE",
    "REGISTRIES",
    "ROUTERS",
    "STATUS",
    "WORKFLOWS",
    "Action",
    "Audience",
    "ClinicalRow",
    "ClockRule",
    "Code",
    "DaysOf",
    "EscalationLevel",
    "Fact",
    "Form",
    "Level",
    "Limits",
    "MarketAsks",
    "MarketRule",
    "Meaning",
    "Mode",
    "OfficeDays",
    "Policy",
    "Process",
    "Recipients",
    "Reliance",
    "Role",
    "RungRule",
    "Settings",
    "SettingsError",
    "Span",
    "command_line",
    "in_words",
    "is_attestation",
    "known_because",
    "load",
    "load_settings",
    "variable",
]

REGISTRIES = load_contexts()
"""What the contexts of the records have declared."""
ROUTERS = tuple((name, module.router) for name, module in sorted(vars(_app).items()) if hasattr(module, "router"))
"""The routers of the API that are not made from forms."""
