"""`python -m app bench http`: asking and answering through the front door, with the mail going out to an SMTP server.

Starts the product with servers of its own. `--beside CHECKOUT` measures another one in turn with it, in the same run.
"""

import argparse
import signal
import sys
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import psutil

from app.bench import callers, sink
from app.bench.callers import Caller
from app.bench.counters import middle, percentile
from app.bench.product import Product, own_seconds, running
from app.bench.sink import Sink

HERE = Path(__file__).parent.parent.parent
WARM_UP = 40
AT_ONCE = 100
COUNTED = 20
Figures = dict[str, float]
# One program asks for all of it and one person gets the mail: they are counted, and never too many.
UNBOUNDED = dict.fromkeys(("ASKS_PER_MINUTE", "ASKS_PER_HOUR", "MAILS_PER_HOUR"), "1000000000")


def main(argv: Sequence[str]) -> int:
    given = _arguments(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # what was started is stopped
    with ExitStack() as open_ones:
        post = open_ones.enter_context(sink.running())
        checkouts = {str(path): path for path in given.beside} | {"here": HERE}
        products = [
            open_ones.enter_context(running(name, path, post.port, UNBOUNDED)) for name, path in checkouts.items()
        ]
        for one in products:
            callers.together([Caller(one) for _ in range(given.clients)], WARM_UP)
            one.until_quiet()
        rounds: dict[str, list[Figures]] = {one.name: [] for one in products}
        for _ in range(given.runs):
            for one in products:
                rounds[one.name].append(_round(one, post, given.clients, given.requests))
        for one in products:
            print(f"\n{one.name}, {given.clients} clients, medians of {given.runs} rounds")
            _print({name: middle([each[name] for each in rounds[one.name]]) for name in rounds[one.name][0]})
            _print(_idle(one, given.idle))
            _print(_counted(one))
    return 0


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m app bench http", description=__doc__)
    parser.add_argument("--requests", type=int, default=800, help="round trips in each round")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--runs", type=int, default=3, help="rounds of each product in turn; medians are told")
    parser.add_argument("--idle", type=float, default=20, help="seconds of quiet that are measured")
    parser.add_argument("--beside", type=Path, action="append", default=[], help="another checkout")
    return parser.parse_args(argv)


def _round(one: Product, post: Sink, clients: int, requests: int) -> Figures:
    """From the first call until the last mail has gone out."""
    asking = [Caller(one) for _ in range(clients)]
    before, mails, began = _seconds(one, post), post.count(), time.perf_counter()
    callers.together(asking, requests // clients)
    answered = time.perf_counter() - began
    one.until_quiet()
    took = time.perf_counter() - began
    trips = requests // clients * clients
    spent = {name: seconds - before[name] for name, seconds in _seconds(one, post).items()}
    sent = post.count() - mails
    at_once = [Caller(one) for _ in range(AT_ONCE)]
    callers.decide(at_once)
    one.until_quiet()
    told = {"trips/s": trips / took, "trips/s until answered": trips / answered, "mails per trip": sent / trips}
    for name, seconds in (
        ("ask", [each for caller in asking for each in caller.asks]),
        ("answer", [each for caller in asking for each in caller.answers]),
        (f"{AT_ONCE} answers at once", [each for caller in at_once for each in caller.answers]),
    ):
        told |= {f"{name} p{share} ms": percentile(seconds, share / 100) * 1000 for share in (50, 95, 99)}
    told |= {f"{name} ms of processor time per trip": second / trips * 1000 for name, second in spent.items()}
    told["product ms of processor time per trip"] = (sum(spent.values()) - spent["client and sink"]) / trips * 1000
    told["workers ms of processor time per mail"] = spent["worker"] / sent * 1000
    return told


def _seconds(one: Product, post: Sink) -> dict[str, float]:
    return one.seconds() | {"client and sink": own_seconds(psutil.Process()) + own_seconds(psutil.Process(post.pid))}


def _idle(one: Product, seconds: float) -> Figures:
    before = one.seconds()
    time.sleep(seconds)
    shares = {name: (after - before[name]) / seconds * 100 for name, after in one.seconds().items()}
    return {f"idle {name} % of a core": share for name, share in {**shares, "product": sum(shares.values())}.items()}


def _counted(one: Product) -> Figures:
    """What PostgreSQL was sent, by its own log: one caller, so that nothing is done for two at once."""
    caller, told = Caller(one), Counter[str]()
    waiting: list[str] = []
    for what in ("ask", "answer"):
        with one.counted() as sent:
            for _ in range(COUNTED):
                waiting.append(caller.ask()) if what == "ask" else caller.answer(waiting.pop())
                one.until_quiet()
        for name, (statements, transactions) in sent.items():
            if name != "scheduler":
                call = what if name == "web" else "mails"
                told[f"{call}: statements"] += statements
                told[f"{call}: transactions"] += transactions
                told["all: statements"] += statements
                told["all: transactions"] += transactions
    return {name: count / COUNTED for name, count in told.items()}


def _print(figures: Figures) -> None:
    for name, figure in figures.items():
        print(f"  {name:<48} {figure:10,.1f}", flush=True)
