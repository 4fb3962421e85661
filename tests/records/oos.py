"""What is said of results outside specification."""

from typing import Any

from tests.records.seeded import Seeded


async def ground(seeded: Seeded) -> dict[str, Any]:
    """Why an inconclusive result does not count."""
    return {
        "does_not_count": "The vial was cracked.",
        "discount_ground": "SAMPLE_COMPROMISED",
        "discount_evidence": [await seeded.upload(by=await seeded.actor("priya"))],
    }
