"""The vocabulary of the engine: cases, forms, events, facts, clocks, people, refusals."""
