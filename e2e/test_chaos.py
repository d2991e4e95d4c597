"""The short form of the fault matrix: every fault strikes one running product, then the oracle reads what is left."""

from collections.abc import Iterator

import pytest

from e2e.chaos import faults
from e2e.chaos.load import Load
from e2e.chaos.oracle import judge
from e2e.chaos.stage import Stage


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with Stage() as made:
        yield made


@pytest.fixture(scope="module")
def load(stage: Stage) -> Iterator[Load]:
    made = Load(stage)
    yield made
    made.ledger.close()


@pytest.mark.parametrize(
    ("name", "amount"),
    [("F7", 100), ("F8", 50), ("F3", 15), ("F4b", 15), ("F4c", 15), ("F5", 15), ("F1b", 8)],
)
def test_fault(stage: Stage, load: Load, name: str, amount: int) -> None:
    print(name, faults.FAULTS[name](stage, load, amount))


def test_the_oracle_finds_nothing(stage: Stage, load: Load) -> None:
    verdict = judge(stage, load)
    assert verdict.clean, str(verdict)
