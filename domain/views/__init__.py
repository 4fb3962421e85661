"""How cases are shown across all contexts. Built from the records, never stored."""
