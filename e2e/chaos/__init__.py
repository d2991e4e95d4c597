"""Breaking things on purpose: the product under load with its parts killed, and an oracle that trusts nobody.

`python -m e2e.chaos --help` runs single faults at any size; the short ones run with `make test`.
"""
