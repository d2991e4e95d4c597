"""Python's garbage collector, told what a server knows: what is there at the start stays, a request leaves little."""

import gc

# New objects before the youngest are looked through; Python's own 700 are a few requests' worth.
YOUNG = 20_000


def settle() -> None:
    """To be called once, when everything that stays is loaded."""
    gc.freeze()
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])
