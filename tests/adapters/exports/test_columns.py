"""Claims read column by column are those read row by row."""

from hypothesis import given
from hypothesis import strategies as st

from syncengine.adapters.exports.claims import Claims
from syncengine.adapters.exports.columns import claims_of
from syncengine.adapters.exports.dialects import APP_FORM, NET_FORM, recognise
from syncengine.core.track import Claim

ID = "spotify:track:" + "4" * 21
URIS = st.sampled_from([*(ID + letter for letter in "abc"), "", "spotify:local:a:b:c:1", "what"])
ODD = st.sampled_from(
    ["", " ", "null", "NaN", "1", "-1", "+1", "1.0", "1_0", "٣", "1e3", "inf", "1e400", "0.5", " 7 ",
     "true", "FALSE", "2020-02-30", "2020-02", "a;b", "a, b", "a\\, b", "9" * 20]
)  # fmt: skip
PLAIN = st.sampled_from(
    ["", "3", "0.25", "true", "2020", "2020-01-31", "one", "one;two", "pop,rock"]
)


def reader(form: str) -> tuple[Claims, list[str]]:
    written = {"net": NET_FORM, "app": APP_FORM}[form]
    header = [title for _, title in max(written.headers("English"), key=len)]
    layout = recognise(header)
    assert layout is not None
    fields = sorted(layout.columns, key=lambda field: layout.columns[field])
    return Claims(written, layout.columns, layout.titles), fields


def one_by_one(claims: Claims, rows: list[list[str]]) -> list[Claim | str]:
    said: list[Claim | str] = []
    for row in rows:
        try:
            said.append(claims.claim(row))
        except ValueError as error:
            said.append(str(error))
    return said


@given(st.sampled_from(["net", "app"]), st.booleans(), st.data())
def test_columns_say_what_rows_say(form: str, odd: bool, data: st.DataObject) -> None:
    claims, fields = reader(form)
    cell = ODD | PLAIN if odd else PLAIN
    row = st.tuples(*(URIS if field == "uri" else cell for field in fields)).map(list)
    rows = data.draw(st.lists(row, max_size=6))
    found = [
        str(each) if isinstance(each, ValueError) else each for each in claims_of(claims, rows)
    ]
    assert found == one_by_one(claims, rows)


def test_one_bad_cell_costs_its_own_row_only() -> None:
    claims, fields = reader("net")
    good = [ID + "a" if field == "uri" else "" for field in fields]
    bad = [
        "never" if field == "release_date" else cell
        for field, cell in zip(fields, good, strict=True)
    ]
    first, second, third = claims_of(claims, [good, bad, good])
    assert isinstance(first, Claim)
    assert isinstance(second, ValueError)
    assert third == first
