"""Whatever people, faults and the library did: all of it is found and put right, and nothing is taken."""

from __future__ import annotations

import shutil

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import rule

from syncengine.bootstrap.remediation import field_notes
from syncengine.core.finding import Finding
from syncengine.core.remedy import Deeds, Remedies
from syncengine.jobs.reconcile import Wishes
from syncengine.jobs.reconciling import Prepared, carry_out
from syncengine.jobs.remediate import judge, look, plan_fix
from syncengine.jobs.runs import recorded_run
from tests.jobs.test_notion_machine import LIFTED, PICK, NotionMachine
from tests.notion_lives import Life, Order

WISHES = Wishes(lifted=LIFTED)


class RemediateMachine(NotionMachine):
    """The machine of Notion, whose people also mark pages by hand; in the end all is put right."""

    @rule(which=PICK, at=st.sampled_from(["2020-01-01", None]))
    def mark_by_hand(self, which: int, at: str | None) -> None:
        if page := self.a_page(which):
            self.people.person.edit(page, {"Removed at": at})
            self.a_while(which)

    @rule()
    def all_is_well_and_nothing_is_found(self) -> None:
        """Right after everything was written there is nothing to find, but for marks made by hand."""
        self.all_is_well("use-ours", refresh=True)
        self.all_is_well("use-ours", refresh=True)
        found, _ = self.remedied(fix=False)
        assert {each.field for each in found if each.cure} <= {"Removed"}

    def teardown(self) -> None:
        if not hasattr(self, "people"):
            return
        try:
            self.put_right()
            self.watch.see_agreement()
            came = self.watched(Order(WISHES, refresh=True))
            assert came.plan.empty
            assert came.report is None or came.report.done == 0
            self.double.assert_clean()
        finally:
            self.lives.close()
            shutil.rmtree(self.folder)

    def put_right(self) -> None:
        """Fix until nothing is left; what was put away shows again in relations only once it is back."""
        self.tell()
        if self.forgot:
            self.watch.memory_lost()
        left: list[Finding] = []
        for _ in range(4):
            self.pass_time(10 * 60)
            found, _ = self.remedied(fix=True)
            left = [each for each in found if each.cure]
            if not left:
                return
        raise AssertionError(f"this goes on and on: {left}")

    def remedied(self, *, fix: bool) -> tuple[list[Finding], int]:
        """Look, judge and put right, as the command line does; return what was found and done."""
        life, before = Life(), self.watch.look()
        tools = self.lives.tools(life)
        with (
            self.lives.hand(life) as hand,
            recorded_run(tools.open_unit, "remediate", self.lives.time.clock) as run,
        ):
            tools = self.lives.tools(life, run.id)
            sight = look(hand, tools).sight
            with self.lives.database.reading() as unit:
                clock = self.lives.time.clock
                judged = judge(unit, hand.sink, field_notes(), clock, WISHES, sight)
                planned = plan_fix(unit, hand.sink, clock, WISHES, sight)
            plan = planned.plan.sinks["notion"]
            cured = {each.cure.target for each in judged.findings if each.cure}
            assert cured == {(each.entity, each.key) for each in plan.actions}
            assert self.watch.look().items == before.items, "a look changed something"
            if not fix:
                return judged.findings, 0
            self.watch.decided(Prepared(planned), before)
            report = carry_out(hand, planned, tools)
        self.forgot = False
        self.watch.compare(before)
        failed = {each.action.id: each.reason for each in report.failed}
        remedies = Remedies(plan, hand.sink.policies, None, Deeds(True, report.ids, failed))
        fixes = [remedies.of(each) for each in judged.findings if each.cure]
        assert bool(failed) or {each.status for each in fixes} <= {"fixed"}
        return judged.findings, report.done


TestRemediateMachine = RemediateMachine.TestCase
TestRemediateMachine.settings = settings(
    max_examples=max(4, settings().max_examples // 20),
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
