// One ticket: a text module goes into the field, and the page says who else looks and whether something happened meanwhile.

const ticket = document.querySelector(".ticket[data-ticket]");
const words = document.getElementById("words");

document.getElementById("text-module")?.addEventListener("change", (event) => {
  const text = event.target.value;
  if (!text) return;
  const before = words.value && !words.value.endsWith("\n") ? `${words.value}\n` : words.value;
  words.value = before + text;
  event.target.value = "";
  words.focus();
});

// Ctrl+Enter sends what was written, Ctrl+Shift+Enter notes it for the office.
words?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();
  words.form.requestSubmit(words.form.querySelector(`button[value=${event.shiftKey ? "note" : "message"}]`));
});

async function ask() {
  if (!document.hidden) {
    try {
      const answer = await fetch(`/console/tickets/${ticket.dataset.ticket}/viewers`, { cache: "no-store" });
      if (answer.ok) show(await answer.json());
    } catch {
      // The network is away for a moment; the next round asks again.
    }
  }
  window.setTimeout(ask, 20_000);
}

function show({ version, viewers }) {
  const line = document.getElementById("viewers");
  line.classList.toggle("is-hidden", viewers.length === 0);
  const text = viewers.length > 0 ? `${line.dataset.words} ${viewers.join(", ")}` : "";
  if (line.querySelector("span").textContent !== text) line.querySelector("span").textContent = text;
  document.getElementById("changed").classList.toggle("is-hidden", version === Number(ticket.dataset.version));
}

window.setTimeout(ask, 20_000);
