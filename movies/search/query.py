def find_movies(query: str, *, limit: int = 1000) -> list[int]:
    return []
def suggest_movies(query: str, *, limit: int = 10) -> list[int]:
    return []
def find_people(query: str, *, limit: int = 1000) -> list[int]:
    return []
