"""What a remediation found, for a person: one table a kind, then names, what is theirs, what is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from syncengine.cli.context import CliContext
from syncengine.cli.plan_view import shown_value
from syncengine.cli.render import table
from syncengine.cli.text import counted
from syncengine.core.finding import KINDS, Finding
from syncengine.core.moment import Instant, to_iso
from syncengine.core.plan import ENTITIES, Value

if TYPE_CHECKING:
    from syncengine.cli.remediating import Outcome

SHOWN = 10
_COMPARED = {
    "notion": "Notion beside the library",
    "agreed": "what Notion was last known to hold beside the library",
    "nothing": "Notion was never filled from here, so there is nothing to hold beside the library",
}


def show_findings(cli: CliContext, outcome: Outcome) -> None:
    """Say what was found."""
    why = f" ({outcome.why})" if outcome.why else ""
    checked = outcome.judged.checked
    told = ", ".join(
        counted(checked[each], each) for each in reversed(ENTITIES) if checked.get(each)
    )
    cli.line(f"{_COMPARED[outcome.basis]}{why}" + (f": {told}" if told else ""))
    faults = outcome.faults
    if not faults:
        cli.line("nothing is missing, different or broken")
    for kind, words in KINDS.items():
        some = [each for each in faults if each.kind == kind]
        if some:
            _show_kind(cli, f"{words}: {len(some):,}", some, outcome.judged.titles)
    _show_names(cli, outcome)
    if outcome.judged.theirs:
        _show_kind(
            cli,
            f"yours, and left as they are: {len(outcome.judged.theirs):,}",
            outcome.judged.theirs,
            outcome.judged.titles,
        )
    _show_api(cli, outcome)


def show_fixes(cli: CliContext, outcome: Outcome) -> None:
    """Say what was put right, and what not and why."""
    faults = [(found, fix) for found, fix in outcome.rows if not found.theirs]
    if outcome.plan is not None:
        cli.line(f"{outcome.fixed:,} of {len(faults):,} put right")
    left = Counter(fix.reason for _, fix in faults if fix.status in ("left", "failed"))
    for reason, count in left.most_common(SHOWN):
        cli.line(f"  {count:,} left: {reason}")
    if outcome.plan is None and any(found.cure for found, _ in faults):
        cli.say(
            "`syncengine remediate --fix` plans what puts this right, and asks; --only FIELD limits it"
        )


def _show_kind(
    cli: CliContext, heading: str, some: Sequence[Finding], titles: Mapping[str, str]
) -> None:
    from syncengine.bootstrap.remediation import shown_name

    cli.line()
    cli.line(heading)
    rows = [
        (
            each.entity,
            each.title,
            "" if each.field is None else shown_name(each.field),
            *_values(each, titles),
            _said(each.source, each.since),
            each.detail,
            each.address if each.address and each.cure is None and not each.field else "",
        )
        for each in some[:SHOWN]
    ]
    heads = ("what", "title", "field", "there", "library", "says so", "", "page")
    kept = [place for place in range(len(heads)) if any(row[place] for row in rows)]
    cli.show(table([heads[n] for n in kept], [[row[n] for n in kept] for row in rows]))
    if len(some) > SHOWN:
        cli.line(f"and {len(some) - SHOWN:,} more; --json, --csv and --html have all")


def _values(found: Finding, titles: Mapping[str, str]) -> tuple[str, str]:
    if found.field is None:
        return "", ""
    return tuple(_shown(value, titles) for value in (found.there, found.ours))  # type: ignore[return-value]  # two


def _shown(value: Value, titles: Mapping[str, str]) -> str:
    if isinstance(value, tuple):
        value = tuple(titles.get(each, each) for each in value)
    return shown_value(value)


def _said(source: str | None, since: Instant | None) -> str:
    return " since ".join(filter(None, (source, None if since is None else to_iso(since)[:10])))


def _show_names(cli: CliContext, outcome: Outcome) -> None:
    names = outcome.judged.names
    if not names:
        return
    cli.line()
    cli.line(f"names that Spotify and exports tell otherwise (Spotify's counts): {len(names):,}")
    rows = [
        (each.track, each.field, each.api, each.csv, _said(each.csv_source, each.csv_at))
        for each in names[:SHOWN]
    ]
    cli.show(table(("track", "field", "Spotify", "export", "says so"), rows))
    if len(names) > SHOWN:
        cli.line(f"and {len(names) - SHOWN:,} more; --json and --html have all")


def _show_api(cli: CliContext, outcome: Outcome) -> None:
    compared = outcome.compared
    if compared is None:
        return
    lately = f", {compared.fresh:,} were answered lately" if compared.fresh else ""
    cli.line(f"Spotify: {counted(compared.asked, 'track')} asked about{lately}")
    if compared.stopped is not None:
        cli.warn(f"{compared.left:,} are left for a later run: {compared.stopped.message}")
