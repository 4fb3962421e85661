from tests.api.master_data.calling import api
from tests.records.seeded import seeded

__all__ = ["api", "seeded"]
