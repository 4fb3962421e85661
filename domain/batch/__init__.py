"""Batches: how they are made, analysed, doubted and held (domain specification, section 8)."""
