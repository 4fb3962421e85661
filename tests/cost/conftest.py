from tests.records.seeded import seeded

__all__ = ["seeded"]
