"""A hundred classics from around the world, against which the packaged catalogue is measured.

Each has the title it is known by in English, the year of its first showing, and its own title in Latin letters: the
original one, or the usual romanization.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Classic(NamedTuple):
    """A movie that everybody expects to find."""

    title: str
    year: int
    own_title: str


_JEANNE_DIELMAN: Final = "Jeanne Dielman, 23 quai du Commerce, 1080 Bruxelles"
CLASSICS: Final = tuple(
    Classic(*row)
    for row in (
        ("A Trip to the Moon", 1902, "Le Voyage dans la Lune"),
        ("The Cabinet of Dr. Caligari", 1920, "Das Cabinet des Dr. Caligari"),
        ("Nosferatu", 1922, "Nosferatu, eine Symphonie des Grauens"),
        ("Sherlock Jr.", 1924, "Sherlock Jr."),
        ("Battleship Potemkin", 1925, "Bronenosets Potemkin"),
        ("The Gold Rush", 1925, "The Gold Rush"),
        ("Metropolis", 1927, "Metropolis"),
        ("Sunrise: A Song of Two Humans", 1927, "Sunrise: A Song of Two Humans"),
        ("The Passion of Joan of Arc", 1928, "La Passion de Jeanne d'Arc"),
        ("Man with a Movie Camera", 1929, "Chelovek s kino-apparatom"),
        ("Un Chien Andalou", 1929, "Un Chien Andalou"),
        ("All Quiet on the Western Front", 1930, "All Quiet on the Western Front"),
        ("The Blue Angel", 1930, "Der blaue Engel"),
        ("City Lights", 1931, "City Lights"),
        ("M", 1931, "M"),
        ("L'Atalante", 1934, "L'Atalante"),
        ("Modern Times", 1936, "Modern Times"),
        ("La Grande Illusion", 1937, "La Grande Illusion"),
        ("The Rules of the Game", 1939, "La Règle du jeu"),
        ("The Wizard of Oz", 1939, "The Wizard of Oz"),
        ("Citizen Kane", 1941, "Citizen Kane"),
        ("Casablanca", 1942, "Casablanca"),
        ("Children of Paradise", 1945, "Les Enfants du paradis"),
        ("Rome, Open City", 1945, "Roma città aperta"),
        ("Beauty and the Beast", 1946, "La Belle et la Bête"),
        ("It's a Wonderful Life", 1946, "It's a Wonderful Life"),
        ("Bicycle Thieves", 1948, "Ladri di biciclette"),
        ("The Red Shoes", 1948, "The Red Shoes"),
        ("The Third Man", 1949, "The Third Man"),
        ("Rashomon", 1950, "Rashōmon"),
        ("Sunset Boulevard", 1950, "Sunset Boulevard"),
        ("The Young and the Damned", 1950, "Los olvidados"),
        ("Ikiru", 1952, "Ikiru"),
        ("Singin' in the Rain", 1952, "Singin' in the Rain"),
        ("Tokyo Story", 1953, "Tōkyō monogatari"),
        ("Ugetsu", 1953, "Ugetsu monogatari"),
        ("The Wages of Fear", 1953, "Le Salaire de la peur"),
        ("Seven Samurai", 1954, "Shichinin no samurai"),
        ("La Strada", 1954, "La strada"),
        ("Godzilla", 1954, "Gojira"),
        ("Sansho the Bailiff", 1954, "Sanshō dayū"),
        ("Pather Panchali", 1955, "Pather Panchali"),
        ("Diabolique", 1955, "Les Diaboliques"),
        ("Ordet", 1955, "Ordet"),
        ("The Night of the Hunter", 1955, "The Night of the Hunter"),
        ("The Seventh Seal", 1957, "Det sjunde inseglet"),
        ("Wild Strawberries", 1957, "Smultronstället"),
        ("The Cranes Are Flying", 1957, "Letyat zhuravli"),
        ("Mother India", 1957, "Mother India"),
        ("Vertigo", 1958, "Vertigo"),
        ("Ashes and Diamonds", 1958, "Popiół i diament"),
        ("Cairo Station", 1958, "Bab el hadid"),
        ("The 400 Blows", 1959, "Les Quatre Cents Coups"),
        ("Black Orpheus", 1959, "Orfeu Negro"),
        ("Breathless", 1960, "À bout de souffle"),
        ("La Dolce Vita", 1960, "La dolce vita"),
        ("L'Avventura", 1960, "L'avventura"),
        ("Psycho", 1960, "Psycho"),
        ("The Housemaid", 1960, "Hanyeo"),
        ("Viridiana", 1961, "Viridiana"),
        ("Last Year at Marienbad", 1961, "L'Année dernière à Marienbad"),
        ("Lawrence of Arabia", 1962, "Lawrence of Arabia"),
        ("Harakiri", 1962, "Seppuku"),
        ("8½", 1963, "8½"),
        ("The Leopard", 1963, "Il gattopardo"),
        ("The Umbrellas of Cherbourg", 1964, "Les Parapluies de Cherbourg"),
        ("Woman in the Dunes", 1964, "Suna no onna"),
        ("Black God, White Devil", 1964, "Deus e o Diabo na Terra do Sol"),
        ("The Battle of Algiers", 1966, "La battaglia di Algeri"),
        ("Persona", 1966, "Persona"),
        ("Andrei Rublev", 1966, "Andrei Rublev"),
        ("Black Girl", 1966, "La Noire de..."),
        ("Closely Watched Trains", 1966, "Ostře sledované vlaky"),
        ("The Good, the Bad and the Ugly", 1966, "Il buono, il brutto, il cattivo"),
        ("2001: A Space Odyssey", 1968, "2001: A Space Odyssey"),
        ("The Color of Pomegranates", 1969, "Sayat Nova"),
        ("The Conformist", 1970, "Il conformista"),
        ("Solaris", 1972, "Solyaris"),
        ("The Godfather", 1972, "The Godfather"),
        ("Aguirre, the Wrath of God", 1972, "Aguirre, der Zorn Gottes"),
        ("Touki Bouki", 1973, "Touki Bouki"),
        ("The Spirit of the Beehive", 1973, "El espíritu de la colmena"),
        ("Ali: Fear Eats the Soul", 1974, "Angst essen Seele auf"),
        (_JEANNE_DIELMAN, 1975, _JEANNE_DIELMAN),
        ("Sholay", 1975, "Sholay"),
        ("Star Wars", 1977, "Star Wars"),
        ("Stalker", 1979, "Stalker"),
        ("Fanny and Alexander", 1982, "Fanny och Alexander"),
        ("Ran", 1985, "Ran"),
        ("Come and See", 1985, "Idi i smotri"),
        ("Wings of Desire", 1987, "Der Himmel über Berlin"),
        ("Cinema Paradiso", 1988, "Nuovo Cinema Paradiso"),
        ("Close-Up", 1990, "Nema-ye Nazdik"),
        ("Raise the Red Lantern", 1991, "Da hong denglong gaogao gua"),
        ("Farewell My Concubine", 1993, "Ba wang bie ji"),
        ("Chungking Express", 1994, "Chung Hing sam lam"),
        ("In the Mood for Love", 2000, "Fa yeung nin wa"),
        ("Spirited Away", 2001, "Sen to Chihiro no kamikakushi"),
        ("City of God", 2002, "Cidade de Deus"),
        ("Parasite", 2019, "Gisaengchung"),
    )
)  # fmt: skip
assert len(set(CLASSICS)) == 100, len(set(CLASSICS))
