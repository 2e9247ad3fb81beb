from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """In a migration of its own and without a transaction, so that people can be written meanwhile."""

    atomic = False

    dependencies = [
        ('movies', '0011_merge_people'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='person',
            index=models.Index(
                condition=models.Q(('merged_into__isnull', False)),
                fields=['merged_into'],
                name='movies_person_merged_into',
            ),
        ),
    ]
