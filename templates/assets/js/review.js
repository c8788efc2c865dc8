// Reviewing by keyboard and without reloading; the forms of the page do the same without scripts.

const form = document.getElementById("review");
const says = document.getElementById("review-says");
const undoable = [];

const DEFAULT_KEYS = { accept: "a", reject: "r", recapture: "c", undo: "u", select: "x", open: " " };
const settings = loadSettings();

function loadSettings() {
  try {
    const stored = JSON.parse(window.localStorage.getItem("review-keys")) ?? {};
    return { isOn: stored.isOn ?? true, keys: { ...DEFAULT_KEYS, ...stored.keys } };
  } catch {
    return { isOn: true, keys: { ...DEFAULT_KEYS } };
  }
}

function keepSettings() {
  try {
    window.localStorage.setItem("review-keys", JSON.stringify(settings));
  } catch {
    // A browser that keeps nothing reviews with the default keys.
  }
}

function showKeys() {
  for (const input of document.querySelectorAll("[data-key]")) {
    const key = settings.keys[input.dataset.key];
    input.value = key === " " ? "␣" : key;
  }
}

showKeys();
for (const input of document.querySelectorAll("[data-key]")) {
  input.addEventListener("keydown", (event) => {
    if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const key = event.key.toLowerCase();
    // Two actions on one key would make the second one unreachable: they swap.
    const holder = Object.keys(settings.keys).find((action) => settings.keys[action] === key);
    if (holder) settings.keys[holder] = settings.keys[input.dataset.key];
    settings.keys[input.dataset.key] = key;
    keepSettings();
    showKeys();
  });
}
const switchKeys = document.querySelector("[data-keys-on]");
if (switchKeys) {
  switchKeys.checked = settings.isOn;
  switchKeys.addEventListener("change", () => { settings.isOn = switchKeys.checked; keepSettings(); });
}

const tiles = () => [...form.querySelectorAll(".review-tile")];
const openTiles = () => tiles().filter((tile) => !tile.dataset.decided && !tile.dataset.sending);
const linkOf = (tile) => tile.querySelector("a");
const boxOf = (tile) => tile.querySelector("input[type=checkbox]");
const currentTile = () => document.activeElement?.closest(".review-tile");

function say(words) {
  says.textContent = words;
}

function showCount() {
  const count = form.querySelectorAll("input[name=entry]:checked").length;
  const output = form.querySelector(".selection-count");
  if (output) output.textContent = count > 0 ? output.dataset.word.replace("0", String(count)) : "";
}

// The tile that stands above or below: the nearest one in the next line of the grid.
function neighbour(tile, direction) {
  const all = tiles();
  const place = all.indexOf(tile);
  if (direction === "ArrowLeft" || direction === "ArrowRight") return all[place + (direction === "ArrowLeft" ? -1 : 1)];
  const step = direction === "ArrowUp" ? -1 : 1;
  const { left, top } = tile.getBoundingClientRect();
  const line = all.find((other, index) => step * (index - place) > 0 && step * (other.getBoundingClientRect().top - top) > 1);
  const candidates = step > 0 ? all : [...all].reverse();
  const first = step > 0 ? line : candidates.find((other) => other.getBoundingClientRect().top < top - 1);
  if (!first) return undefined;
  const lineTop = first.getBoundingClientRect().top;
  const ofLine = all.filter((other) => Math.abs(other.getBoundingClientRect().top - lineTop) < 1);
  const distance = (other) => Math.abs(other.getBoundingClientRect().left - left);
  return ofLine.reduce((best, other) => (distance(other) < distance(best) ? other : best));
}

async function send(address, fields) {
  const body = new URLSearchParams([["csrf", form.elements.csrf.value], ...fields]);
  const answer = await fetch(address, { method: "POST", body, headers: { Accept: "application/json" } });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.error?.message ?? form.dataset.wordFailed);
  return said;
}

function mark(tile, decision) {
  const note = tile.querySelector(".review-done");
  if (decision) {
    tile.dataset.decided = decision;
    note.textContent = form.getAttribute(`data-word-${decision}`);
  } else {
    delete tile.dataset.decided;
  }
  note.hidden = !decision;
  const box = boxOf(tile);
  box.checked = !decision && form.dataset.band === "passed";
  box.disabled = Boolean(decision);
}

// Answers come in the order of the acts: an undo that is pressed early takes back the decision before it.
let lastAct = Promise.resolve();
function afterLastAct(act) {
  lastAct = lastAct.then(act).catch((error) => showRefusal(error.message, currentTile()));
}

const ticked = () => openTiles().filter((tile) => boxOf(tile)?.checked);
const unticked = () => openTiles().filter((tile) => !boxOf(tile)?.checked);
// Where everything is ticked beforehand, a tick means "let through" and nothing else.
const areTicksMeant = (decision) => decision === "accept" || form.dataset.band !== "passed";

// What a key means: the ticked photos, or the current one where none is.
function chosenByKey(decision) {
  const meant = areTicksMeant(decision) ? ticked() : [];
  return meant.length > 0 ? meant : openTiles().filter((tile) => tile === currentTile());
}

// Decides about photos, and goes on without waiting for the answer.
function decide(decision, chosen) {
  if (chosen.length === 0) return;
  const place = tiles().indexOf(chosen.at(-1));
  for (const tile of chosen) tile.dataset.sending = decision;
  const next = openTiles().find((tile) => tiles().indexOf(tile) > place) ?? openTiles()[0];
  if (next) linkOf(next).focus();
  const reason = decision === "accept" ? "" : form.elements.reason.value;
  afterLastAct(async () => {
    try {
      await keep(chosen, decision, reason);
    } catch (error) {
      showRefusal(error.message, chosen[0]);
    } finally {
      for (const tile of chosen) delete tile.dataset.sending;
      showCount();
    }
    if (!form.querySelector(".review-tile:not([data-decided])")) await leavePage();
  });
}

async function keep(chosen, decision, reason) {
  const fields = chosen.map((tile) => ["entry", tile.dataset.entry]);
  const said = await send(form.action, [...fields, ["decision", decision], ["reason", reason]]);
  const done = new Set(said.decided.map(String));
  for (const tile of chosen) if (done.has(tile.dataset.entry)) mark(tile, decision);
  if (done.size > 0) undoable.push([...done]);
  if (done.size > 0) say(`${form.getAttribute(`data-word-${decision}`)} ${done.size}`);
  const refused = said.refused[0];
  showRefusal(refused ? form.getAttribute(`data-refused-${refused.code}`) ?? refused.code : "", refused && chosen.find((tile) => tile.dataset.entry === String(refused.entry_id)));
}

function showRefusal(words, tile) {
  for (const old of form.querySelectorAll(".review-refused")) old.remove();
  if (!words) return;
  say(words);
  const note = document.createElement("p");
  note.className = "review-refused";
  note.textContent = words;
  tile?.append(note);
}

async function leavePage() {
  if (form.dataset.next) await showPage(form.dataset.next);
  else say(form.dataset.wordEnd);
}

// The next page takes this one's place without a reload.
async function showPage(address) {
  const answer = await fetch(address, { headers: { Accept: "text/html" }, cache: "no-store" });
  if (!answer.ok || answer.redirected) return window.location.assign(address);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById("review");
  if (!fresh) return window.location.assign(address);
  form.querySelector(".review-grid").replaceWith(fresh.querySelector(".review-grid"));
  if (fresh.dataset.next) form.dataset.next = fresh.dataset.next;
  else delete form.dataset.next;
  window.history.pushState(null, "", address);
  linkOf(tiles()[0]).focus();
  return undefined;
}

async function undo() {
  const entries = undoable.pop();
  if (!entries) return;
  try {
    await send(form.dataset.undo, entries.map((entry) => ["entry", entry]));
  } catch (error) {
    undoable.push(entries);
    throw error;
  }
  const back = tiles().filter((tile) => entries.includes(tile.dataset.entry));
  for (const tile of back) mark(tile, null);
  say(form.dataset.wordUndone);
  if (back[0]) linkOf(back[0]).focus();
}

function onKey(event) {
  const isWriting = event.target.closest("select, textarea, input:not([type=checkbox])");
  if (!settings.isOn || isWriting || event.ctrlKey || event.metaKey || event.altKey) return;
  const tile = currentTile();
  if (event.key.startsWith("Arrow")) {
    const to = tile ? neighbour(tile, event.key) : openTiles()[0];
    if (to) {
      event.preventDefault();
      linkOf(to).focus();
    }
    return;
  }
  const action = Object.keys(settings.keys).find((name) => settings.keys[name] === event.key.toLowerCase());
  // A checkbox or button keeps its own space bar.
  if (!action || (event.key === " " && event.target.closest("input, button, summary"))) return;
  event.preventDefault();
  if (action === "undo") afterLastAct(undo);
  else if (action === "open") { if (tile) linkOf(tile).click(); }
  else if (action === "select") { if (tile && openTiles().includes(tile)) { boxOf(tile).click(); } }
  else decide(action, chosenByKey(action));
}

if (form && form.querySelector(".selection-bar")) {
  document.addEventListener("keydown", onKey);
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-select-all]")) {
      for (const tile of openTiles()) boxOf(tile).checked = event.target.checked;
    }
    showCount();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const decision = event.submitter.value;
    decide(decision, areTicksMeant(decision) ? ticked() : unticked());
  });
}

// The case of one photo: guides, and one picture laid over the other.
const guides = document.querySelector("[data-guides]");
if (guides) {
  const show = () => { document.querySelector(".guides").toggleAttribute("hidden", !guides.checked); };
  guides.addEventListener("change", show);
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "g" || event.target.closest("input:not([type=checkbox]), select, textarea")) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    guides.checked = !guides.checked;
    show();
  });
}
for (const slider of document.querySelectorAll("[data-overlay]")) {
  const top = slider.closest(".overlay").querySelector(".overlay-top");
  const show = () => { top.style.clipPath = `inset(0 ${100 - Number(slider.value)}% 0 0)`; };
  slider.addEventListener("input", show);
  show();
}
