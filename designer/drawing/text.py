"""How wide a text will be, without a browser: drawings are wrapped on the server, for pages and PDF alike.

The widths are those of a wide sans serif, so that text measured here fits in whatever font shows it.
"""

NARROW, SLIM, WIDE, WIDEST = (set("'|!ijlIJ,.:;/\\ ·"), set('-()[]ftr"*'), set("mwMW@%…"), 1.0)
BOLD = 1.09


def width(text: str, size: float, bold: bool = False) -> float:
    return sum(map(_em, text)) * size * (BOLD if bold else 1.0)


def _em(char: str) -> float:
    if char in NARROW:
        return 0.33
    if char in SLIM:
        return 0.42
    if char in WIDE:
        return 0.97
    if ord(char) > 0x10FF:
        return WIDEST
    return 0.76 if char.isupper() else 0.62


def clip(text: str, room: float, size: float, bold: bool = False) -> str:
    """The text, or as much of it as fits with an ellipsis."""
    if width(text, size, bold) <= room:
        return text
    kept = text
    while kept and width(kept + "…", size, bold) > room:
        kept = kept[:-1]
    return kept.rstrip(" ,;:·") + "…"


def wrap(text: str, room: float, size: float, lines: int, bold: bool = False) -> tuple[str, ...]:
    """At most so many lines, broken at spaces; the last one is cut if more would follow."""
    done: list[str] = []
    line, words = "", text.split()
    for number, word in enumerate(words):
        longer = f"{line} {word}".strip()
        if line and width(longer, size, bold) > room:
            if len(done) == lines - 1:
                return (*done, clip(" ".join([line, *words[number:]]), room, size, bold))
            done.append(clip(line, room, size, bold))
            line = word
        else:
            line = longer
    return (*done, clip(line, room, size, bold)) if line else tuple(done)
