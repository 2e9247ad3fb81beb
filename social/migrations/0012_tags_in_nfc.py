"""Stores tags in Unicode's NFC: two ways to write one tag were two tags."""

from __future__ import annotations

from django.db import migrations

# Each tag once, whatever its case, at its first place.
_NORMALIZE = """
UPDATE social_libraryentry SET tags = (
    SELECT array_agg(tag ORDER BY place) FROM (
        SELECT DISTINCT ON (lower(normalize(t, NFC))) normalize(t, NFC) AS tag, place
        FROM unnest(tags) WITH ORDINALITY AS u(t, place) ORDER BY lower(normalize(t, NFC)), place
    ) once
)
WHERE EXISTS (SELECT FROM unnest(tags) AS t WHERE t IS NOT NFC NORMALIZED)
"""


class Migration(migrations.Migration):
    dependencies = [("social", "0011_follow_revisions")]

    operations = [migrations.RunSQL(_NORMALIZE, migrations.RunSQL.noop)]
