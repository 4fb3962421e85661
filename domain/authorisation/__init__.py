"""Authorisations of products: what is registered in a market, version by version (domain specification, section 17)."""
