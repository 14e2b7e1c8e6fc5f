"""Genres and decades as streams: how much of the library each took up, month by month."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from syncengine.adapters.report.charts.chart import (
    Chart,
    hues,
    millis,
    over_months,
    sheet,
    span_of,
    values,
)
from syncengine.adapters.report.charts.label import shortened
from syncengine.adapters.report.drawing import Spec
from syncengine.adapters.report.table import Column, Table
from syncengine.adapters.report.theme import HUES, REST
from syncengine.core.trends import Share, Trends

OTHER = "other"
"""The name under which the rest goes."""
_LONGEST = 24


def genres(trends: Trends) -> Chart | None:
    """Return the largest genres over the months; None where no genre is known."""
    return _streams(
        "genres",
        "Genre streams",
        trends.genres,
        centred=True,
        note="Entries by the genres that are known of their tracks now; an entry of three genres is a "
        "third of one in each.",
    )


def decades(trends: Trends) -> Chart | None:
    """Return the decades of release over the months; None where no release date is known."""
    return _streams(
        "decades",
        "Decades of release",
        trends.decades,
        centred=False,
        note="The share of each decade among the entries with a known release date.",
    )


def _streams(
    name: str, title: str, shares: Sequence[Share], *, centred: bool, note: str
) -> Chart | None:
    if not any(each.entries > 0 for each in shares):
        return None
    amounts: dict[tuple[str, str], float] = defaultdict(float)
    for each in shares:
        amounts[each.month, each.name] += each.entries
    months = sorted({month for month, _ in amounts})
    names = _chosen(amounts, months, by_name=not centred)
    for month in months:
        rest = sum(amount for (m, n), amount in amounts.items() if m == month and n not in names)
        amounts[month, OTHER] = rest
    if any(amounts[month, OTHER] for month in months):
        names.append(OTHER)

    def spec(width: int) -> Spec:
        return _spec(width, amounts, months, names, centred=centred)

    total = sum(amounts[months[-1], each] for each in names) or 1
    largest = sorted(names, key=lambda each: -amounts[months[-1], each])[:3]
    told = ", ".join(f"{each} {amounts[months[-1], each] / total:.0%}" for each in largest)
    columns = [Column("Month"), *(Column(each, number=True, digits=1) for each in names)]
    return Chart(
        name,
        title,
        f"At the end of {months[-1]} the largest were {told}; {span_of(months)}.",
        spec,
        Table(
            name,
            "Entries at the end of each month",
            columns,
            [(month, *(round(amounts[month, each], 1) for each in names)) for month in months],
        ),
        note,
    )


def _chosen(
    amounts: dict[tuple[str, str], float], months: Sequence[str], *, by_name: bool
) -> list[str]:
    """Return the names that get a colour of their own, the largest of all months."""
    sums: dict[str, float] = defaultdict(float)
    for (_, name), amount in amounts.items():
        sums[name] += amount
    sums.pop(OTHER, None)
    largest = sorted(sums, key=lambda each: (-sums[each], each))[: len(HUES)]
    return sorted(largest) if by_name else largest


def _spec(
    width: int,
    amounts: dict[tuple[str, str], float],
    months: Sequence[str],
    names: Sequence[str],
    *,
    centred: bool,
) -> Spec:
    labels = _labels(names)
    colours = [REST if n == OTHER else hue for n, hue in zip(names, [*HUES, REST], strict=False)]
    rows = [
        {"month": millis(m), "place": place, "label": label, "amount": round(amounts[m, name], 2)}
        for m in months
        for place, (name, label) in enumerate(zip(names, labels, strict=True))
    ]
    if len(months) == 1:
        return _bars(width, rows, labels, colours)
    y = {
        "field": "amount",
        "type": "quantitative",
        "stack": "center" if centred else "normalize",
        "title": None,
        "axis": None if centred else {"format": "%", "tickCount": 4},
    }
    return sheet(
        width,
        300,
        data=values(rows),
        mark={"type": "area", "interpolate": "monotone", "opacity": 0.9},
        encoding={
            "x": over_months(months, width),
            "y": y,
            "order": {"field": "place", "type": "quantitative"},
            "color": {"field": "label", "type": "nominal", **hues(labels, colours)},
        },
    )


def _bars(
    width: int, rows: Sequence[dict[str, object]], labels: Sequence[str], colours: Sequence[str]
) -> Spec:
    """Return bars for a single month, in which nothing flows."""
    return sheet(
        width,
        24 * len(labels) + 30,
        data=values(rows),
        mark={"type": "bar", "cornerRadiusEnd": 2, "height": {"band": 0.72}},
        encoding={
            "y": {"field": "label", "type": "nominal", "sort": list(labels), "title": None},
            "x": {
                "field": "amount",
                "type": "quantitative",
                "title": None,
                "axis": {"tickCount": 6, "grid": True},
            },
            "color": {
                "field": "label",
                "type": "nominal",
                "legend": None,
                **hues(labels, colours),
            },
        },
    )


def _labels(names: Sequence[str]) -> list[str]:
    """Return names as short as a legend has room for, no two alike."""
    labels: list[str] = []
    for name in names:
        cut = shortened(name, _LONGEST)
        same = labels.count(cut) + sum(each.startswith(f"{cut} (") for each in labels)
        labels.append(f"{cut} ({same + 1})" if same else cut)
    return labels
