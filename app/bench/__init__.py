"""`python -m app bench round-trip`: what a request and its decision cost, beside what the database could do at best."""

from collections.abc import Sequence

from app.bench import round_trip


def main(argv: Sequence[str]) -> int:
    if not argv or argv[0] != "round-trip":
        print("usage: python -m app bench round-trip [--help]")
        return 2
    return round_trip.main(argv[1:])
