// Uploads a file of random bytes with a real client over a line that is cut, to a server that is killed, by a client that is killed
// too, at random offsets, and compares what the server made a batch of with the source.
//
//   node tests/clients/cuts.mjs BINARY js|py MIB CHUNK_MIB CUTS [SEED]
//
// tuspy is in the Python that scripts/setup.sh --tests prepares; $CLIENTS_PYTHON names another.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Line } from "./line.mjs";
import { Server } from "./server.mjs";

const MIB = 1024 * 1024;
const CLIENTS = {
  js: ["node", fileURLToPath(new URL("upload.mjs", import.meta.url))],
  py: [process.env.CLIENTS_PYTHON ?? fileURLToPath(new URL("../../target/clients/bin/python", import.meta.url)), fileURLToPath(new URL("upload.py", import.meta.url))],
};
const EVENTS = ["line", "server", "client"];

// Numbers in [0, 1) that a seed repeats: a linear congruential generator, good enough to choose offsets.
export function randomNumbers(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

async function writeSource(path, sizeBytes, random) {
  const hash = createHash("sha256");
  const file = await open(path, "w");
  const piece = Buffer.alloc(MIB);
  for (let written = 0; written < sizeBytes; written += piece.length) {
    for (let at = 0; at < piece.length; at += 4) piece.writeUInt32LE(Math.floor(random() * 2 ** 32), at);
    await file.write(piece);
    hash.update(piece);
  }
  await file.close();
  return hash.digest("hex");
}

class Trial {
  constructor(kind, random, sizeBytes, cuts) {
    Object.assign(this, { kind, cutsDone: 0, runs: 0, isOver: false });
    this.offsets = Array.from({ length: cuts }, () => Math.floor(random() * sizeBytes)).sort((one, other) => one - other);
  }

  // Called for every piece that goes up; each offset that was passed brings the next misfortune.
  onBytes(sent) {
    if (this.isBusy || this.isOver || this.offsets.length === 0 || sent < this.offsets[0]) return;
    this.offsets.shift();
    this.isBusy = true;
    this.fault = this.befall(EVENTS[this.cutsDone++ % EVENTS.length]).finally(() => { this.isBusy = false; });
  }

  async befall(event) {
    if (event === "line") this.line.cut();
    if (event === "client") this.client?.kill("SIGKILL");
    if (event === "server") {
      await this.server.kill();
      this.line.cut();
      await this.server.start();
    }
  }

  // Runs the client until it has finished, again and again where it was killed or gave up.
  async run(words, mostRuns) {
    const [program, ...before] = [...CLIENTS[this.kind], ...words];
    for (;;) {
      this.runs += 1;
      this.client = spawn(program, before, { env: { ...process.env, TOKEN: this.server.token }, stdio: ["ignore", "pipe", "pipe"] });
      let said = "";
      let complained = "";
      this.client.stdout.on("data", (text) => { said += text; });
      this.client.stderr.on("data", (text) => { complained += text; });
      const [code] = await once(this.client, "close");
      await this.fault;
      if (code === 0) return said.trim();
      if (this.runs >= mostRuns) throw new Error(`the client gave up ${this.runs} times: ${complained}`);
    }
  }
}

export async function uploadWithCuts({ binary, kind, sizeMiB, chunkMiB, cuts, seed }) {
  const folder = await mkdtemp(join(tmpdir(), "rollproof-cuts-"));
  const random = randomNumbers(seed);
  const sizeBytes = sizeMiB * MIB;
  const trial = new Trial(kind, random, sizeBytes, cuts);
  try {
    const source = join(folder, "source");
    const sha256 = await writeSource(source, sizeBytes, random);
    trial.server = await Server.open(binary, folder);
    trial.line = await Line.open(trial.server.port, (sent) => trial.onBytes(sent));
    const began = performance.now();
    const words = [trial.line.base, source, String(chunkMiB * MIB), sha256, join(folder, "state.json")];
    const address = await trial.run(words, cuts + 3);
    trial.isOver = true;
    const seconds = (performance.now() - began) / 1000;
    const batch = await trial.server.handIn(address.split("/").pop());
    await trial.server.measure();
    return { isSame: batch.sha256 === sha256, cuts: trial.cutsDone, runs: trial.runs, seconds, sentMiB: trial.line.sent / MIB, peakMiB: trial.server.peakMiB };
  } finally {
    trial.isOver = true;
    trial.client?.kill("SIGKILL");
    await trial.line?.close();
    await trial.server?.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [binary, kind, sizeMiB, chunkMiB, cuts, seed = "1"] = process.argv.slice(2);
  const numbers = { sizeMiB: Number(sizeMiB), chunkMiB: Number(chunkMiB), cuts: Number(cuts), seed: Number(seed) };
  const done = await uploadWithCuts({ binary: resolve(binary), kind, ...numbers });
  console.log(
    `${kind}, ${sizeMiB} MiB in pieces of ${chunkMiB} MiB: ${done.isSame ? "the same bytes" : "OTHER BYTES"} after ${done.cuts} cuts, ` +
      `${done.runs} runs of the client, ${done.sentMiB.toFixed(0)} MiB sent, ${done.seconds.toFixed(0)} s, server at most ${done.peakMiB} MiB`,
  );
  process.exit(done.isSame && done.cuts === numbers.cuts && done.peakMiB < 200 ? 0 : 1);
}
