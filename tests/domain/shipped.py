"""The policy that the program is shipped with."""

from pathlib import Path

from domain.policy.policy import load

POLICY = load((Path(__file__).parents[2] / "policy" / "default.yaml").read_text(encoding="utf-8"))
LIMITS = POLICY.limits
