"""What the pages are made of: all that is imported from the program is imported here."""

import records.checks as _checks  # declares the checks of facts
import records.projections as _projections  # declares the projectors
from activities.starting import WORKFLOW_TYPES
from api import app as _app
from api.problems import STATUS
from cli import app as command_line
from domain.case_actions import COMMON_FORMS
from domain.clocks import ClockRule, Level, RungRule, Span
from domain.forms import Action, Audience, Form, Meaning, Process
from domain.people import NEVER_SIGN, Role
from domain.policy import EscalationLevel, Limits, Policy, Recipients, load
from domain.refusals import Code
from records.checks.declared import FACT_CHECKS
from records.projections.declared import PROJECTORS
from records.registry import FORMS
from records.seed import POLICY_FILE
from settings import FROM_FILE, Mode, Settings, SettingsError, variable
from settings import load as load_settings
from worker import WORKFLOWS

__all__ = [
    "COMMON_FORMS",
    "FACT_CHECKS",
    "FORMS",
    "FROM_FILE",
    "NEVER_SIGN",
    "POLICY_FILE",
    "PROJECTORS",
    "ROUTERS",
    "STATUS",
    "WORKFLOWS",
    "WORKFLOW_TYPES",
    "Action",
    "Audience",
    "ClockRule",
    "Code",
    "EscalationLevel",
    "Form",
    "Level",
    "Limits",
    "Meaning",
    "Mode",
    "Policy",
    "Process",
    "Recipients",
    "Role",
    "RungRule",
    "Settings",
    "SettingsError",
    "Span",
    "command_line",
    "load",
    "load_settings",
    "variable",
]

DECLARING = (_checks, _projections)
"""Imported for what they declare."""
ROUTERS = tuple((name, module.router) for name, module in sorted(vars(_app).items()) if hasattr(module, "router"))
"""The routers of the API that are not made from forms."""
