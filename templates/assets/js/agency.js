// Deliveries that survive bad lines: each file is sent in pieces by the resumable protocol tus, goes on where it stopped, and is handed in
// once it is whole. Choosing the same file again goes on with it, also after the page or the computer was closed.

const form = document.getElementById("deliver");
const PIECE_BYTES = 8 * 1024 * 1024;
const RETRIES_MS = [0, 1000, 3000, 5000, 10000, 20000, 30000, 60000];

const word = (name) => form.getAttribute(`data-word-${name}`);
const headers = () => ({ "X-CSRF-Token": form.dataset.csrf });

function size(bytes) {
  const units = ["B", "KiB", "MiB", "GiB"];
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  const value = bytes / 1024 ** step;
  return `${value < 10 && step > 0 ? value.toFixed(1) : Math.round(value)} ${units[step]}`;
}

// One file: its row, its progress, its buttons.
class Sending {
  constructor(file) {
    this.file = file;
    this.what = Object.fromEntries(["campaign", "kind", "key"].map((name) => [name, form.elements[name].value]));
    this.row = document.createElement("li");
    this.row.className = "sending";
    const name = document.createElement("span");
    name.className = "sending-name";
    name.textContent = file.name;
    this.buttons = document.createElement("span");
    this.buttons.className = "button-line";
    this.bar = document.createElement("progress");
    this.bar.max = file.size;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", file.name);
    this.words = document.createElement("p");
    this.words.className = "sending-words";
    this.row.append(name, this.buttons, this.bar, this.words);
    form.querySelector(".sendings").append(this.row);
    this.upload = new window.tus.Upload(file, {
      endpoint: "/api/v1/uploads",
      chunkSize: PIECE_BYTES,
      retryDelays: RETRIES_MS,
      headers: headers(),
      metadata: { filename: file.name },
      removeFingerprintOnSuccess: true,
      onShouldRetry: (error) => { this.say("retrying"); return (error.originalResponse?.getStatus() ?? 0) < 400 || [409, 423].includes(error.originalResponse.getStatus()) || error.originalResponse.getStatus() >= 500; },
      onProgress: (sent, total) => this.progress(sent, total),
      onError: (error) => this.stopped(error),
      onSuccess: () => this.handIn(),
    });
  }

  async start() {
    this.say("waiting");
    const [before] = await this.upload.findPreviousUploads();
    if (before) this.upload.resumeFromPreviousUpload(before);
    this.go();
  }

  go() {
    this.since = performance.now();
    this.from = null;
    this.state = "sending";
    this.say("sending");
    this.show(["pause", "give-up"]);
    this.upload.start();
  }

  async pause() {
    await this.upload.abort();
    this.state = "paused";
    this.say("paused");
    this.show(["resume", "give-up"]);
  }

  async giveUp() {
    await this.upload.abort(true).catch(() => {});
    this.state = "given-up";
    this.row.remove();
  }

  progress(sent, total) {
    this.from ??= sent;
    this.bar.value = sent;
    const seconds = (performance.now() - this.since) / 1000;
    const rate = seconds > 1 ? (sent - this.from) / seconds : 0;
    const left = rate > 0 ? ` · ${word("left")} ${Math.ceil((total - sent) / rate / 60)} min` : "";
    this.words.textContent = `${word("sending")} ${size(sent)} / ${size(total)}${rate > 0 ? ` · ${size(rate)}/s` : ""}${left}`;
  }

  stopped(error) {
    this.state = "stopped";
    let message = word("failed");
    try {
      message = JSON.parse(error.originalResponse.getBody()).error.message;
    } catch {
      // The line failed, and there is nothing to read.
    }
    this.words.textContent = message;
    this.show(["resume", "give-up"]);
  }

  async handIn() {
    this.state = "handing-in";
    this.bar.value = this.file.size;
    this.say("handing-in");
    this.show([]);
    const upload = this.upload.url.split("/").at(-1);
    try {
      const body = new URLSearchParams({ csrf: form.dataset.csrf, upload, ...this.what });
      const answer = await fetch("/agency/batches", { method: "POST", body, headers: { Accept: "application/json" } });
      const said = await answer.json();
      if (!answer.ok) throw new Error(said.error?.message ?? word("failed"));
      this.state = "done";
      this.say("done");
      this.link(said.href);
    } catch (error) {
      this.state = "whole";
      this.words.textContent = error.message;
      this.show(["resume", "give-up"]);
    }
  }

  resume() {
    if (this.state === "whole") this.handIn();
    else this.go();
  }

  say(name) {
    this.words.textContent = word(name);
  }

  show(names) {
    const acts = { pause: () => this.pause(), resume: () => this.resume(), "give-up": () => this.giveUp() };
    this.buttons.replaceChildren(...names.map((name) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "btn btn-sm";
      button.dataset.act = name;
      button.textContent = word(name);
      button.addEventListener("click", acts[name]);
      return button;
    }));
  }

  link(href) {
    const link = document.createElement("a");
    link.className = "btn btn-sm btn-primary";
    link.href = href;
    link.textContent = word("receipt");
    this.buttons.replaceChildren(link);
  }
}

const sendings = [];

function take(files) {
  for (const file of files) {
    const sending = new Sending(file);
    const problem = file.size > Number(form.dataset.limit) ? "too-large" : !/\.zip$/i.test(file.name) ? "not-zip" : null;
    if (problem) {
      sending.say(problem);
      sending.show(["give-up"]);
      continue;
    }
    sendings.push(sending);
    sending.start();
  }
}

if (form) {
  const zone = form.querySelector("[data-drop-zone]");
  for (const hint of form.querySelectorAll("[data-with-script]")) hint.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  document.getElementById("files").addEventListener("change", (event) => {
    take(event.target.files);
    event.target.value = "";
  });
  for (const name of ["dragenter", "dragover"]) {
    window.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("is-over"); });
  }
  for (const name of ["dragleave", "drop"]) {
    window.addEventListener(name, (event) => {
      event.preventDefault();
      if (name === "drop" || !event.relatedTarget) zone.classList.remove("is-over");
    });
  }
  window.addEventListener("drop", (event) => take(event.dataTransfer.files));
  window.addEventListener("beforeunload", (event) => {
    if (sendings.some((sending) => ["sending", "handing-in"].includes(sending.state))) event.preventDefault();
  });
}
