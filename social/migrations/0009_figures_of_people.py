from django.db import migrations

# What libraries say of movies, counted again: users who are seen to have a movie, each once, and stars without those of
# plays and reviews that are narrower than their entry.
_FIGURES = """
INSERT INTO movies_moviefigures AS f (movie_id, rating_count, rating_sum, people, plays, favorites, known_raters)
SELECT movie_id, count(shown_half_stars), coalesce(sum(shown_half_stars), 0),
       count(*) FILTER (WHERE shown_half_stars IS NOT NULL OR favorite OR shown_plays > 0 OR shown_status = 'watched'),
       0, count(*) FILTER (WHERE favorite), 0
FROM social_libraryentry WHERE visibility = 'public' GROUP BY movie_id
ON CONFLICT (movie_id) DO UPDATE
SET rating_count = excluded.rating_count, rating_sum = excluded.rating_sum, people = excluded.people
"""
_MOVIES = """
UPDATE movies_movie m SET rating_average = c.average, rating_count = c.rating_count, popularity = c.popularity
FROM (
    SELECT f.movie_id, f.rating_count, round(f.rating_sum / 2.0 / nullif(f.rating_count, 0), 2) AS average,
           round((ln(1 + f.known_raters)
                  + ln(1 + (SELECT count(*) FROM movies_award a WHERE a.movie_id = f.movie_id)) / 2
                  + 2 * ln(1 + (f.people + f.favorites) ^ 2 / (f.people + f.favorites + 10.0)))::numeric, 4)::float8
               AS popularity
    FROM movies_moviefigures f WHERE f.people + f.plays + f.favorites + f.rating_count > 0
) c
WHERE m.id = c.movie_id
"""
_SEARCH = """
UPDATE movies_searchtitle s SET fame = least(round(16 * ln(1 + greatest(m.popularity, 0))), 32767)::int
FROM movies_movie m JOIN movies_moviefigures f ON f.movie_id = m.id
WHERE m.id = s.movie_id AND f.people + f.plays + f.favorites + f.rating_count > 0
  AND s.fame <> least(round(16 * ln(1 + greatest(m.popularity, 0))), 32767)::int
"""


class Migration(migrations.Migration):

    dependencies = [
        ('movies', '0017_people_and_rating_rank'),
        ('social', '0008_view_private'),
    ]

    operations = [migrations.RunSQL(statement, migrations.RunSQL.noop) for statement in (_FIGURES, _MOVIES, _SEARCH)]
