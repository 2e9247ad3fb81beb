-- The first page of the catalogue with its genres: the least that a program must ask PostgreSQL for, by hand.
SELECT json_agg(row_to_json(item) ORDER BY item.rank)::text
FROM (
    SELECT
        top.rank,
        m.id, m.slug, m.title, m.original_title, m.year, m.release_date, m.runtime, m.overview, m.tagline,
        m.original_language, m.languages, m.countries,
        ARRAY(
            SELECT row_to_json(genre)
            FROM (
                SELECT g.id, g.name, g.slug
                FROM movies_movie_genres AS link
                INNER JOIN movies_genre AS g ON g.id = link.genre_id
                WHERE link.movie_id = m.id
                ORDER BY g.name
            ) AS genre
        ) AS genres,
        ARRAY(
            SELECT row_to_json(tag)
            FROM (
                SELECT t.id, t.name, t.slug
                FROM movies_movie_tags AS link
                INNER JOIN movies_tag AS t ON t.id = link.tag_id
                WHERE link.movie_id = m.id
                ORDER BY t.name
            ) AS tag
        ) AS tags,
        ARRAY(
            SELECT row_to_json(director)
            FROM (
                SELECT p.id, p.name
                FROM movies_credit AS c
                INNER JOIN movies_person AS p ON p.id = c.person_id
                WHERE c.movie_id = m.id AND c.kind = 'crew' AND c.job = 'Director'
                ORDER BY c.position NULLS LAST, c.id
            ) AS director
        ) AS directors,
        '/media/' || m.poster_path AS poster_url,
        '/media/' || m.backdrop_path AS backdrop_url,
        m.trailer_url, m.imdb_id, m.tmdb_id, m.wikidata_id, m.release_status, m.rating_average, m.rating_count,
        m.popularity,
        to_char(m.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at,
        to_char(m.updated_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS updated_at
    FROM (
        SELECT id, row_number() OVER (ORDER BY popularity DESC, id) AS rank
        FROM movies_movie
        WHERE state = 'published'
        ORDER BY popularity DESC, id
        LIMIT 20
    ) AS top
    INNER JOIN movies_movie AS m ON m.id = top.id
) AS item;
