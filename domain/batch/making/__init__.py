"""How a batch is registered, made and packed, what it weighs and how long it lasts."""
