"""How each kind of line becomes an event. The table of them is in `dispatch`."""
