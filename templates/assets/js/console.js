// Comforts of the console; every page works without them.

const main = document.getElementById("main");

// On a telephone the rail scrolls: where one is should be in sight.
document.querySelector(".rail a[aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });

// Switches that need no button once scripts run.
document.documentElement.classList.add("with-script");
for (const element of document.querySelectorAll("[data-submit-on-change]")) {
  element.addEventListener("change", () => element.form.requestSubmit());
}

// A row opens by click; its link stays the way for keyboard and screen reader.
document.addEventListener("click", (event) => {
  const row = event.target.closest("tr[data-href]");
  const isBusy = event.target.closest("a, button, input, label") || String(window.getSelection());
  if (row && !isBusy) window.location.assign(row.dataset.href);
});

// In a list the arrows go from row to row, and x ticks the row one is on; only while a row has the focus, so that nobody is surprised.
document.addEventListener("keydown", (event) => {
  const row = event.target.closest("tr[data-href]");
  if (!row || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input:not([type=checkbox]), select, textarea")) return;
  const neighbour = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling }[event.key];
  if (neighbour) {
    event.preventDefault();
    neighbour.querySelector("a")?.focus();
  } else if (event.key === "x") {
    row.querySelector("input[type=checkbox]")?.click();
  }
});

// An open menu closes by Escape and by a click elsewhere.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// While work is under way the page asks again and takes over what changed, without losing scroll position or an open menu.
async function refresh() {
  const seconds = Number(main.dataset.refreshSeconds);
  if (!seconds) return;
  const canRefresh = !document.hidden && !document.querySelector("details.menu[open]") && !main.contains(document.activeElement);
  if (canRefresh || document.activeElement === main) {
    try {
      const answer = await fetch(window.location.href, { headers: { Accept: "text/html" }, cache: "no-store" });
      if (answer.ok && !answer.redirected) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById("main");
        main.replaceChildren(...fresh.childNodes);
        if (fresh.dataset.refreshSeconds) main.dataset.refreshSeconds = fresh.dataset.refreshSeconds;
        else delete main.dataset.refreshSeconds;
      }
    } catch {
      // The network is away for a moment; the next round asks again.
    }
  }
  window.setTimeout(refresh, seconds * 1000);
}
if (main.dataset.refreshSeconds) window.setTimeout(refresh, Number(main.dataset.refreshSeconds) * 1000);
