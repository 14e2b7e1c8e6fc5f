"use strict";
// Sorts and filters the tables of the report. It reads what stands in the cells and writes only order,
// `hidden` and numbers: no text of the library ever becomes markup here.
for (const part of document.querySelectorAll(".sortable")) {
  const body = part.querySelector("tbody");
  const heads = [...part.querySelectorAll("th")];
  const rows = [...body.rows];
  const told = new Map(rows.map((row) => [row, [...row.cells].map((cell) => cell.textContent).join(" ").toLocaleLowerCase()]));
  const field = part.querySelector("input");
  const count = part.querySelector("output");

  const valueOf = (row, place) => {
    const cell = row.cells[place];
    const value = cell.dataset.value ?? cell.textContent;
    return heads[place].classList.contains("n") ? (value === "" ? NaN : Number(value)) : value;
  };
  const order = (left, right) =>
    typeof left === "number" ? left - right : left.localeCompare(right, undefined, { numeric: true });
  const isUnknown = (value) => value === "" || Number.isNaN(value);

  heads.forEach((head, place) => {
    head.querySelector("button").addEventListener("click", () => {
      const falls = head.classList.contains("n") ? head.ariaSort !== "descending" : head.ariaSort === "ascending";
      for (const each of heads) each.ariaSort = "none";
      head.ariaSort = falls ? "descending" : "ascending";
      const keyed = rows.map((row) => [valueOf(row, place), row]);
      // What is not known comes last, whichever way the rest is turned.
      keyed.sort(([a], [b]) => isUnknown(a) - isUnknown(b) || (isUnknown(a) ? 0 : falls ? order(b, a) : order(a, b)));
      body.append(...keyed.map(([, row]) => row));
    });
  });

  field.addEventListener("input", () => {
    const words = field.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
    let left = 0;
    for (const row of rows) {
      row.hidden = !words.every((word) => told.get(row).includes(word));
      left += !row.hidden;
    }
    count.value = words.length ? `${left.toLocaleString("en")} of ${rows.length.toLocaleString("en")}` : "";
  });
}
