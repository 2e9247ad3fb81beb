"""Builds the packaged catalogue, `movies/data/catalogue.ndjson.gz`: `python -m tools.catalogue ../shared/data`."""
