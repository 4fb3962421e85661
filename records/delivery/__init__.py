"""Deliveries in the records."""
