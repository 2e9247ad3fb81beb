"""What the tests of TMDB share: a film as its API gives it, with every trap of its data."""

from __future__ import annotations

from typing import Any

HEAT: dict[str, Any] = {
    "adult": False,
    "backdrop_path": "/heat-backdrop.jpg",
    "belongs_to_collection": {"id": 7, "name": "Heat Collection", "poster_path": None, "backdrop_path": None},
    "budget": 0,
    "genres": [{"id": 28, "name": "Action"}, {"id": 878, "name": "Science Fiction"}, {"id": 36, "name": "History"}],
    "homepage": "",
    "id": 949,
    "imdb_id": "tt0113277",
    "original_language": "en",
    "original_title": "Heat",
    "overview": "One.\n\nTwo.",
    "popularity": 61.5,
    "poster_path": "/heat-poster.jpg",
    "production_companies": [{"id": 508, "logo_path": "/x.png", "name": "Regency", "origin_country": "US"}],
    "production_countries": [
        {"iso_3166_1": "US", "name": "United States of America"},
        {"iso_3166_1": "XC", "name": "Czechoslovakia"},
    ],
    "release_date": "1995-12-15",
    "revenue": 187436818,
    "runtime": 170,
    "spoken_languages": [
        {"english_name": "English", "iso_639_1": "en", "name": "English"},
        {"english_name": "Moldavian", "iso_639_1": "mo", "name": ""},
    ],
    "status": "Released",
    "tagline": "A Los Angeles crime saga",
    "title": "Heat",
    "video": False,
    "vote_average": 7.9,
    "vote_count": 7321,
    "credits": {
        "cast": [
            {"id": 380, "name": "Robert De Niro", "character": "Neil McCauley", "order": 1, "credit_id": "a"},
            {"id": 1158, "name": "Al Pacino", "character": "Hanna", "order": 0, "credit_id": "b"},
            {"id": 1158, "name": "Al Pacino", "character": "A voice", "order": 2, "credit_id": "c"},
            {"id": 9, "name": "Nobody Named", "character": "", "order": 3, "credit_id": "d"},
        ],
        "crew": [
            {"id": 638, "name": "Michael Mann", "job": "Director", "department": "Directing", "credit_id": "e"},
            {"id": 638, "name": "Michael Mann", "job": "Screenplay", "department": "Writing", "credit_id": "f"},
            {"id": 75, "name": "Dante Spinotti", "job": "Director of Photography", "department": "Camera"},
            {"id": 76, "name": "Without A Job", "job": "", "department": "Camera"},
        ],
    },
    "videos": {
        "results": [
            {
                "key": "2GfZl4kuVNI",
                "site": "YouTube",
                "type": "Trailer",
                "official": True,
                "iso_639_1": "en",
                "name": "T",
            },
            {"key": "123", "site": "Vimeo", "type": "Clip", "official": False, "iso_639_1": "xx", "name": ""},
            {"key": "456", "site": "Dailymotion", "type": "Clip"},
            {"key": "789", "site": "YouTube", "type": "Recap"},
        ]
    },
    "images": {"posters": [{"file_path": "/heat-poster.jpg"}], "backdrops": [], "logos": []},
    "keywords": {"keywords": [{"id": 1, "name": "bank heist"}, {"id": 2, "name": "los angeles"}]},
    "release_dates": {
        "results": [
            {
                "iso_3166_1": "US",
                "release_dates": [
                    {"certification": "R", "note": "", "release_date": "1995-12-15T00:00:00.000Z", "type": 3},
                    {"certification": "", "note": "4K", "release_date": "2017-05-09T00:00:00.000Z", "type": 5},
                ],
            }
        ]
    },
    "alternative_titles": {
        "titles": [
            {"iso_3166_1": "ES", "title": "Fuego contra fuego", "type": ""},
            {"iso_3166_1": "", "title": "Heat 1", "type": "working title"},
        ]
    },
    "external_ids": {"imdb_id": "tt0113277", "wikidata_id": "Q42198", "facebook_id": None},
    "watch/providers": {
        "results": {
            "DE": {
                "link": "https://www.themoviedb.org/movie/949/watch?locale=DE",
                "flatrate": [
                    {"provider_id": 8, "provider_name": "Netflix", "logo_path": "/n.jpg", "display_priority": 1}
                ],
                "buy": [{"provider_id": 2, "provider_name": "Apple TV", "logo_path": "/a.jpg", "display_priority": 4}],
            },
            "US": {"link": "https://www.themoviedb.org/movie/949/watch?locale=US", "rent": []},
        }
    },
}
# A film of which TMDB knows next to nothing: how it writes that.
BLANK: dict[str, Any] = {
    "adult": False, "backdrop_path": None, "belongs_to_collection": None, "budget": 0, "genres": [], "id": 5,
    "imdb_id": "", "original_language": "xx", "original_title": "Blank", "overview": "", "popularity": 0.0,
    "poster_path": None, "production_companies": [], "production_countries": [], "release_date": "", "revenue": 0,
    "runtime": 0, "spoken_languages": [], "status": "Planned", "tagline": "", "title": "", "video": False,
    "vote_average": 0.0, "vote_count": 0,
}  # fmt: skip
IDS: list[dict[str, Any]] = [
    {"adult": False, "id": 949, "original_title": "Heat", "popularity": 61.5, "video": False},
    {"adult": False, "id": 5, "original_title": "Blank", "popularity": 0.1, "video": False},
    {"adult": True, "id": 6, "original_title": "For Adults", "popularity": 0.1, "video": False},
    {"adult": False, "id": 7, "original_title": "A Concert", "popularity": 0.1, "video": True},
]
