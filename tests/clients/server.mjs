// The real binary as a server of deliveries: an agency, its token and a campaign. It can be killed and comes back.

import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { freePort, untilServed } from "../browser/house.mjs";

export const CAMPAIGN = "2027";

export class Server {
  constructor(binary, folder, port) {
    Object.assign(this, { binary, folder, port, peakMiB: 0, words: [] });
    this.base = `http://127.0.0.1:${port}`;
  }

  // Makes the house in a folder and serves it; with a roll it also looks at what is delivered.
  static async open(binary, folder, roll) {
    const server = new Server(binary, folder, await freePort());
    server.run("migrate");
    if (roll) server.run("roll", "import", roll);
    else server.words = ["--no-worker"];
    server.run("agency", "add", "STUDIO", "Studio");
    server.run("campaign", "add", CAMPAIGN, "--name", "Graduation", "--mode", "code");
    server.token = server.run("agency", "token", "STUDIO").match(/rollproof_\S+/)[0];
    await server.start();
    return server;
  }

  environment() {
    const environment = {
      ...process.env,
      ROLLPROOF_DATA_DIR: `${this.folder}/data`,
      ROLLPROOF_PUBLIC_URL: this.base,
      ROLLPROOF_LOG: "warn",
    };
    delete environment.ROLLPROOF_DATABASE_URL;
    return { cwd: this.folder, env: environment };
  }

  // Exit 3 is work that is done with some rows refused, as drawn rolls have them.
  run(...words) {
    const done = spawnSync(this.binary, words, { ...this.environment(), encoding: "utf8" });
    if (done.status !== 0 && done.status !== 3) throw new Error(`rollproof ${words.join(" ")}: ${done.stderr}`);
    return done.stdout;
  }

  // The agency's token as programs are given it.
  async tokenFile() {
    const path = `${this.folder}/token`;
    await writeFile(path, this.token, { mode: 0o600 });
    return path;
  }

  async start() {
    const words = ["serve", "--listen", `127.0.0.1:${this.port}`, ...this.words];
    this.program = spawn(this.binary, words, { ...this.environment(), stdio: ["ignore", "ignore", "inherit"] });
    await untilServed(this.base);
  }

  // The largest resident set of any of its lives so far.
  async measure() {
    const status = await readFile(`/proc/${this.program.pid}/status`, "utf8");
    const peak = Number(status.match(/VmHWM:\s+(\d+)/)[1]) / 1024;
    this.peakMiB = Math.max(this.peakMiB, Math.round(peak));
  }

  async kill() {
    await this.measure();
    this.program.kill("SIGKILL");
    await once(this.program, "exit");
  }

  // Hands an upload in; answers what the server knows of the batch.
  async handIn(upload) {
    const answer = await fetch(`${this.base}/api/v1/batches`, {
      method: "POST",
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      body: JSON.stringify({ upload, campaign: CAMPAIGN }),
    });
    if (answer.status !== 201) throw new Error(`handing in was answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }
}
