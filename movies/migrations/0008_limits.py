"""Runtimes beyond 32,767 minutes, and constraints for every limit of the catalogue.

The constraints bind new rows at once (NOT VALID): stored rows are corrected by the next migration and checked by the
one after it, so that no lock is held while a table is read. Widening the runtime rewrites the table of movies.
"""

import datetime
import django.core.validators
import django.db.models.functions.text
import django.db.models.lookups
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('movies', '0007_import_outcomes'),
    ]

    operations = [
        # Rather fail and be run again than let everything wait behind this migration while it waits for a long read.
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", migrations.RunSQL.noop),
        migrations.RemoveConstraint(
            model_name='movie',
            name='movies_movie_wikidata_id_form',
        ),
        # Made for a smallint, it has no upper bound: Django leaves out a comparison that such a column always passes.
        migrations.RemoveConstraint(
            model_name='movie',
            name='movies_movie_runtime_range',
        ),
        migrations.AlterField(
            model_name='award',
            name='ceremony',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Its number: 98 for the 98th.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(9999)]),
        ),
        migrations.AlterField(
            model_name='collection',
            name='tmdb_id',
            field=models.PositiveIntegerField(blank=True, null=True, unique=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(2147483647)], verbose_name='TMDB id'),
        ),
        migrations.AlterField(
            model_name='company',
            name='tmdb_id',
            field=models.PositiveIntegerField(blank=True, null=True, unique=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(2147483647)], verbose_name='TMDB id'),
        ),
        migrations.AlterField(
            model_name='credit',
            name='position',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Billing order, from 0.', null=True, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(32767)]),
        ),
        migrations.AlterField(
            model_name='movie',
            name='overview',
            field=models.TextField(blank=True, max_length=20000, null=True),
        ),
        migrations.AlterField(
            model_name='movie',
            name='release_date',
            field=models.DateField(blank=True, help_text='First public showing anywhere.', null=True, validators=[django.core.validators.MinValueValidator(datetime.date(1870, 1, 1)), django.core.validators.MaxValueValidator(datetime.date(2200, 12, 31))]),
        ),
        migrations.AlterField(
            model_name='movie',
            name='runtime',
            field=models.PositiveIntegerField(blank=True, help_text='Minutes.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(60000)]),
        ),
        migrations.AlterField(
            model_name='movie',
            name='tmdb_id',
            field=models.PositiveIntegerField(blank=True, null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(2147483647)], verbose_name='TMDB id'),
        ),
        migrations.AlterField(
            model_name='movie',
            name='year',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Year of the first public showing.', null=True, validators=[django.core.validators.MinValueValidator(1870), django.core.validators.MaxValueValidator(2200)]),
        ),
        migrations.AlterField(
            model_name='moviefigures',
            name='known_raters',
            field=models.PositiveIntegerField(default=0, help_text='People elsewhere who rated it; a starting popularity.', validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(2147483647)]),
        ),
        migrations.AlterField(
            model_name='person',
            name='biography',
            field=models.TextField(blank=True, max_length=20000, null=True),
        ),
        migrations.AlterField(
            model_name='person',
            name='born',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Year.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(2200)]),
        ),
        migrations.AlterField(
            model_name='person',
            name='died',
            field=models.PositiveSmallIntegerField(blank=True, help_text='Year.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(2200)]),
        ),
        migrations.AlterField(
            model_name='person',
            name='tmdb_id',
            field=models.PositiveIntegerField(blank=True, null=True, unique=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(2147483647)], verbose_name='TMDB id'),
        ),
        migrations.AlterField(
            model_name='releasedate',
            name='date',
            field=models.DateField(validators=[django.core.validators.MinValueValidator(datetime.date(1870, 1, 1)), django.core.validators.MaxValueValidator(datetime.date(2200, 12, 31))]),
        ),
        AddConstraintNotValid(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(('ceremony__isnull', True), models.Q(('ceremony__gte', 1), ('ceremony__lte', 9999)), _connector='OR'), name='movies_award_ceremony_range', violation_error_message='The ceremony must be between 1 and 9999.'),
        ),
        AddConstraintNotValid(
            model_name='award',
            constraint=models.CheckConstraint(condition=models.Q(('people__len__lte', 100)), name='movies_award_people_most', violation_error_message='The people may have at most 100 entries.'),
        ),
        AddConstraintNotValid(
            model_name='collection',
            constraint=models.CheckConstraint(condition=models.Q(('tmdb_id__isnull', True), models.Q(('tmdb_id__gte', 1), ('tmdb_id__lte', 2147483647)), _connector='OR'), name='movies_collection_tmdb_id_range', violation_error_message='The TMDB id must be between 1 and 2,147,483,647.'),
        ),
        AddConstraintNotValid(
            model_name='company',
            constraint=models.CheckConstraint(condition=models.Q(('tmdb_id__isnull', True), models.Q(('tmdb_id__gte', 1), ('tmdb_id__lte', 2147483647)), _connector='OR'), name='movies_company_tmdb_id_range', violation_error_message='The TMDB id must be between 1 and 2,147,483,647.'),
        ),
        AddConstraintNotValid(
            model_name='movie',
            constraint=models.CheckConstraint(condition=models.Q(('runtime__isnull', True), models.Q(('runtime__gte', 1), ('runtime__lte', 60000)), _connector='OR'), name='movies_movie_runtime_range', violation_error_message='The runtime must be between 1 and 60,000 minutes.'),
        ),
        AddConstraintNotValid(
            model_name='movie',
            constraint=models.CheckConstraint(condition=models.Q(('wikidata_id__isnull', True), ('wikidata_id__regex', '^Q[1-9][0-9]{0,10}$'), _connector='OR'), name='movies_movie_wikidata_id_form', violation_error_message='A Wikidata id is Q and digits, such as Q172241.'),
        ),
        AddConstraintNotValid(
            model_name='movie',
            constraint=models.CheckConstraint(condition=models.Q(('release_date__isnull', True), models.Q(('release_date__gte', datetime.date(1870, 1, 1)), ('release_date__lte', datetime.date(2200, 12, 31))), _connector='OR'), name='movies_movie_release_date_range', violation_error_message='The release date must be between 1870-01-01 and 2200-12-31.'),
        ),
        AddConstraintNotValid(
            model_name='movie',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length(models.F('overview')), 20000), name='movies_movie_overview_length', violation_error_message='The overview may have at most 20,000 characters.'),
        ),
        AddConstraintNotValid(
            model_name='movie',
            constraint=models.CheckConstraint(condition=models.Q(('tmdb_id__isnull', True), models.Q(('tmdb_id__gte', 1), ('tmdb_id__lte', 2147483647)), _connector='OR'), name='movies_movie_tmdb_id_range', violation_error_message='The TMDB id must be between 1 and 2,147,483,647.'),
        ),
        AddConstraintNotValid(
            model_name='movie',
            constraint=models.CheckConstraint(condition=models.Q(('languages__len__lte', 200)), name='movies_movie_languages_most', violation_error_message='The languages may have at most 200 entries.'),
        ),
        AddConstraintNotValid(
            model_name='movie',
            constraint=models.CheckConstraint(condition=models.Q(('countries__len__lte', 250)), name='movies_movie_countries_most', violation_error_message='The countries may have at most 250 entries.'),
        ),
        AddConstraintNotValid(
            model_name='person',
            constraint=models.CheckConstraint(condition=django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length(models.F('biography')), 20000), name='movies_person_biography_length', violation_error_message='The biography may have at most 20,000 characters.'),
        ),
        AddConstraintNotValid(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('born__isnull', True), models.Q(('born__gte', 1), ('born__lte', 2200)), _connector='OR'), name='movies_person_born_range', violation_error_message='The year of birth must be between 1 and 2200.'),
        ),
        AddConstraintNotValid(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('died__isnull', True), models.Q(('died__gte', 1), ('died__lte', 2200)), _connector='OR'), name='movies_person_died_range', violation_error_message='The year of death must be between 1 and 2200.'),
        ),
        AddConstraintNotValid(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('tmdb_id__isnull', True), models.Q(('tmdb_id__gte', 1), ('tmdb_id__lte', 2147483647)), _connector='OR'), name='movies_person_tmdb_id_range', violation_error_message='The TMDB id must be between 1 and 2,147,483,647.'),
        ),
        AddConstraintNotValid(
            model_name='releasedate',
            constraint=models.CheckConstraint(condition=models.Q(('date__isnull', True), models.Q(('date__gte', datetime.date(1870, 1, 1)), ('date__lte', datetime.date(2200, 12, 31))), _connector='OR'), name='movies_releasedate_date_range', violation_error_message='The date must be between 1870-01-01 and 2200-12-31.'),
        ),
    ]
