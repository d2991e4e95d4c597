"""`python -m e2e.chaos F1 F2 F3b F4 F11 --requests 500`: the long form. Each fault gets a stage of its own."""

import argparse
import sys

from e2e.chaos.faults import FAULTS
from e2e.chaos.load import Load
from e2e.chaos.oracle import judge
from e2e.chaos.stage import Stage


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m e2e.chaos", description=__doc__)
    parser.add_argument("faults", nargs="*", default=["F1", "F2", "F3b", "F4", "F11"], help=", ".join(FAULTS))
    parser.add_argument("--requests", type=int, default=500, help="or pairs, or races")
    given = parser.parse_args()
    failed = 0
    for name in given.faults:
        with Stage() as stage:
            load = Load(stage)
            told = FAULTS[name](stage, load, given.requests)
            verdict = judge(stage, load)
            load.ledger.close()
        failed += not verdict.clean
        print(f"{name}: {'holds' if verdict.clean else 'BROKEN'}. {told}. {verdict}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
