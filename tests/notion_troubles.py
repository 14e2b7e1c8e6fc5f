"""What goes wrong in a run, by a word and a number that says when or how."""

from __future__ import annotations

from syncengine.jobs.apply_report import Progress
from tests.fakes.notion import NotionDouble
from tests.fakes.notion_faults import KINDS, Storm, failed, hung_up
from tests.notion_lives import Life

TROUBLES = (
    "none", "none", "storm", "gale", "down", "answer lost", "out for good", "refused", "killed",
    "interrupted",
)  # fmt: skip
_QUICK = tuple(kind for kind in KINDS if kind != "timeout")
"""Time-outs take real time; to a run they are what a connection that is hung up is."""


def trouble_of(double: NotionDouble, trouble: str, at: int) -> tuple[Life, Progress]:
    """Set what goes wrong in the next run; return how long it lives, and who watches it."""
    faults = double.faults
    match trouble:
        case "storm" | "gale":
            double.storm = Storm(at, 0.05 if trouble == "storm" else 0.1, _QUICK)
        case "down":
            faults.add("*", failed(503, done=at % 2 == 0), times=20, skip=at)
        case "answer lost":
            faults.add("P* /v1/pages*", hung_up(done=True), times=1 + at % 3, skip=at // 3)
        case "out for good":
            faults.add("P* /v1/pages*", hung_up(done=True), times=20, skip=at // 3)
        case "refused":
            faults.add("*", failed([401, 403, 429][at % 3], retry_after=300), skip=at // 3)
        case "killed":
            return Life(writes=at // 2 + 1) if at % 2 else Life(at), _silent
        case "interrupted":
            return Life(), _interrupting(at // 4)
        case _:
            assert trouble == "none"
    return Life(), _silent


def _silent(_done: int, _failed: int, _total: int) -> None:
    """Watch nothing."""


def _interrupting(after: int) -> Progress:
    told: list[int] = []

    def progress(_done: int, _failed: int, _total: int) -> None:
        told.append(1)
        if len(told) == after + 1:
            raise KeyboardInterrupt

    return progress
