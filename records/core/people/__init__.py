"""Who acts: accounts, roles as they are now, recipients, signatures and whose hands they are."""
