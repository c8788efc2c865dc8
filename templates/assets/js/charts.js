// Charts drawn from the tables beside them: the table is the content, the chart a way to see it. A click on a bar follows the row's link.

const styles = getComputedStyle(document.body);
const colour = (name) => styles.getPropertyValue(`--${name}`).trim();
const ages = ["matched", "review", "unmatched", "rejected"];
const lines = ["accent", "rejected", "review", "unmatched", "matched"];

function read(table) {
  const heads = [...table.tHead.rows[0].cells].slice(1);
  const rows = [...table.tBodies[0].rows];
  const number = (row, place) => Number(row.cells[place + 1].textContent);
  return {
    labels: rows.map((row) => row.cells[0].textContent.trim()),
    links: rows.map((row) => row.cells[0].querySelector("a")?.href),
    series: heads.map((head, place) => ({ head, label: head.textContent.trim(), data: rows.map((row) => number(row, place)) })),
  };
}

function paint(name, place) {
  const age = name?.match(/^age-(\d)$/);
  if (age) return colour(ages[Number(age[1])]);
  return colour(name ?? lines[place % lines.length]);
}

function draw(figure) {
  const kind = figure.dataset.chart;
  const { labels, links, series } = read(document.getElementById(figure.dataset.table));
  const isLines = kind === "lines";
  const shown = isLines ? series : series.filter((one) => one.head.dataset.colour);
  const isRows = kind === "stacked-rows";
  const canvas = document.createElement("canvas");
  figure.replaceChildren(canvas);
  if (isRows) figure.style.height = `${Math.min(90 + labels.length * 26, 720)}px`;
  const value = { stacked: !isLines, beginAtZero: true, grid: { color: colour("line-soft") }, ticks: { color: colour("ink-quiet"), precision: isLines ? 1 : 0 } };
  const name = { stacked: !isLines, grid: { display: false }, ticks: { color: colour("ink-quiet"), autoSkip: !isRows } };
  const chart = new Chart(canvas, {
    type: isLines ? "line" : "bar",
    data: {
      labels,
      datasets: shown.map((one, place) => {
        const tone = paint(one.head.dataset.colour, place);
        return { label: one.label, data: one.data, backgroundColor: tone, borderColor: tone, borderWidth: isLines ? 2 : 0, maxBarThickness: 28, tension: 0.2 };
      }),
    },
    options: {
      indexAxis: isRows ? "y" : "x",
      maintainAspectRatio: false,
      animation: false,
      interaction: { mode: "index", axis: isRows ? "y" : "x", intersect: false },
      scales: isRows ? { x: value, y: name } : { x: name, y: value },
      plugins: { legend: { position: "bottom", labels: { color: colour("ink"), boxWidth: 12, boxHeight: 12 } } },
      onClick: (event) => {
        const [hit] = chart.getElementsAtEventForMode(event, "index", { axis: isRows ? "y" : "x", intersect: false }, true);
        const link = hit && links[hit.index];
        if (link) window.location.assign(link);
      },
    },
  });
}

for (const figure of document.querySelectorAll("[data-chart]")) draw(figure);
