"""Search: how a title is normalised, how it is indexed, how a query finds it."""
