"""People on licences: who is named on which authorisation or letter, and may sign under it (section 18)."""
