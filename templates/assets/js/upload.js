// Uploads with progress and by drag and drop. Without this script the form posts by itself.

for (const form of document.querySelectorAll("form[data-upload]")) {
  const input = form.querySelector("input[type=file]");
  const zone = form.querySelector("[data-drop-zone]");
  const panel = form.querySelector("[data-upload-progress]");
  const bar = panel.querySelector("progress");
  const text = form.querySelector("[data-upload-text]");
  const problem = form.querySelector("[data-upload-problem]");
  const button = form.querySelector("button:not([type=button])");
  for (const hint of form.querySelectorAll("[data-with-script]")) hint.hidden = false;

  for (const name of ["dragenter", "dragover"]) {
    window.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("is-over");
    });
  }
  for (const name of ["dragleave", "drop"]) {
    window.addEventListener(name, (event) => {
      event.preventDefault();
      if (name === "drop" || !event.relatedTarget) zone.classList.remove("is-over");
    });
  }
  window.addEventListener("drop", (event) => {
    if (event.dataTransfer.files.length > 0) input.files = event.dataTransfer.files;
  });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, { panel, bar, text, problem, button });
  });
}

function send(form, parts) {
  const { panel, bar, text, problem, button } = parts;
  const started = performance.now();
  const request = new XMLHttpRequest();
  const show = (message) => {
    panel.hidden = true;
    problem.hidden = false;
    problem.querySelector("span").textContent = message;
    button.disabled = false;
    window.removeEventListener("beforeunload", stay);
  };
  const stay = (event) => event.preventDefault();

  request.upload.addEventListener("progress", (event) => {
    if (!event.lengthComputable) return;
    bar.max = event.total;
    bar.value = event.loaded;
    const seconds = (performance.now() - started) / 1000;
    const rate = seconds > 1 ? ` · ${size(event.loaded / seconds)}/s` : "";
    text.textContent = `${form.dataset.textSent} ${size(event.loaded)} / ${size(event.total)}${rate}`;
  });
  request.upload.addEventListener("load", () => {
    text.textContent = form.dataset.textReading;
  });
  request.addEventListener("error", () => show(form.dataset.textFailed));
  request.addEventListener("load", () => {
    window.removeEventListener("beforeunload", stay);
    if (request.status < 400) {
      window.location.assign(request.responseURL);
      return;
    }
    try {
      const { error } = JSON.parse(request.responseText);
      show(`${error.message} (${error.code}, ${error.request_id})`);
    } catch {
      show(form.dataset.textFailed);
    }
  });

  problem.hidden = true;
  panel.hidden = false;
  button.disabled = true;
  window.addEventListener("beforeunload", stay);
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.send(new FormData(form));
}

function size(bytes) {
  const units = ["B", "KiB", "MiB", "GiB"];
  const step = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  const value = bytes / 1024 ** step;
  return `${value < 10 && step > 0 ? value.toFixed(1) : Math.round(value)} ${units[step]}`;
}
