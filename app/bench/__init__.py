"""`python -m app bench`: what a request and its decision cost, through the front door and behind it, how soon a worker
begins, and, alone, the interpreter and the drawing.
"""

from collections.abc import Sequence

from app.bench import advance, drawing, http, round_trip, wake_up

BENCHES = {
    "http": http.main,
    "round-trip": round_trip.main,
    "wake-up": wake_up.main,
    "advance": advance.main,
    "drawing": drawing.main,
}


def main(argv: Sequence[str]) -> int:
    if not argv or argv[0] not in BENCHES:
        print(f"usage: python -m app bench {' | '.join(BENCHES)} [--help]")
        return 2
    return BENCHES[argv[0]](argv[1:])
