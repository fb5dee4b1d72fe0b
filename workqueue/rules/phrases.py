"""Words by which a person knows that it is the office that calls: the rep says them first.

Not an identifier of the person, and no secret that opens anything: whoever overhears them learns nothing.
That the caller knows what only the two were told is all they show.
"""

from collections.abc import Callable, Sequence

FIRST = {
    "en": (
        "amber", "bright", "calm", "cedar", "clear", "coral", "early", "gentle", "golden", "green",
        "happy", "kind", "little", "lucky", "maple", "mellow", "merry", "misty", "olive", "plain",
        "quiet", "rapid", "round", "silver", "simple", "smooth", "sunny", "tall", "warm", "white",
        "wide", "yellow",
    ),
    "es": (
        "alegre", "alto", "amable", "amplio", "antiguo", "azul", "blanco", "bonito", "bravo",
        "claro", "corto", "dorado", "dulce", "fresco", "fuerte", "grande", "largo", "lento",
        "libre", "limpio", "lindo", "manso", "nuevo", "pleno", "quieto", "raro", "rojo", "sereno",
        "suave", "tibio", "verde", "vivo",
    ),
}  # fmt: skip
SECOND = {
    "en": (
        "anchor", "apple", "basket", "bridge", "button", "candle", "castle", "clock", "cloud",
        "feather", "field", "forest", "garden", "harbor", "kettle", "ladder", "lantern", "meadow",
        "mirror", "orchard", "paper", "pencil", "piano", "pillow", "planet", "river", "saddle",
        "table", "thunder", "tower", "window", "wagon",
    ),
    "es": (
        "barco", "bosque", "caballo", "camino", "campo", "canto", "castillo", "cielo", "espejo",
        "faro", "jardín", "lago", "libro", "mapa", "mercado", "molino", "monte", "mundo", "nido",
        "papel", "parque", "piano", "pozo", "prado", "puente", "puerto", "reloj", "río", "sombrero",
        "tambor", "trigo", "viento",
    ),
}  # fmt: skip


def phrase(language: str, choose: Callable[[Sequence[str]], str]) -> str:
    """Return two words, of the person's language where we have some; `choose` picks one of several."""
    first, second = FIRST.get(language, FIRST["en"]), SECOND.get(language, SECOND["en"])
    pair = (choose(first), choose(second))
    # In Spanish the quality follows the thing.
    return " ".join(reversed(pair) if language == "es" else pair)
