"""Outside services that the catalogue may ask: how they are called, and what is bounded about it (docs/adr/0013)."""
