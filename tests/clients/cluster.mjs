// A house as it runs on many machines: two web servers and three workers on PostgreSQL and an S3 server, each a process of the real binary
// with a folder of its own. Every part can be taken away and comes back.

import { execFile, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, rm, statfs, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FakeClock } from "../browser/fake_clock.mjs";
import { freePort } from "../browser/house.mjs";
import { Line } from "./line.mjs";
import { MailServer } from "./mail_server.mjs";

export const CAMPAIGN = "2027";
const WEBS = 2;
const WORKERS = 3;
const MIB = 1024 * 1024;
const DEV_PG = new URL("../../scripts/dev_pg.sh", import.meta.url).pathname;

// Not synchronous: the line to the store and the mail server live in this process.
export function run(program, words, options = {}) {
  return new Promise((resolve, reject) => {
    execFile(program, words, { encoding: "utf8", maxBuffer: 1024 * MIB, ...options }, (error, said, complained) => {
      // Exit 3 is work that is done with some rows refused, as drawn rolls have them.
      if (error && error.code !== 3) reject(new Error(`${program} ${words.join(" ")} ended with ${error.code}: ${said}${complained}`));
      else resolve(said);
    });
  });
}

// Whatever hangs ends.
const PATIENCE_MS = 600_000;

async function untilIt(holds, what) {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

// One process of the cluster, with its folder and its clock.
class Machine {
  constructor(cluster, name, words) {
    Object.assign(this, { cluster, name, words, folder: join(cluster.folder, name), kills: 0, isWanted: true });
  }

  async prepare(sizeMiB) {
    await mkdir(this.folder);
    // Only root may mount; elsewhere this machine's disk is never full.
    this.isSmall = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${sizeMiB}m`, "tmpfs", this.folder]).status === 0;
    this.clock = new FakeClock(this.folder);
    await this.clock.forward(0);
  }

  start() {
    const env = { ...this.cluster.environment, ...this.clock.environment, ROLLPROOF_DATA_DIR: this.folder };
    this.program = spawn(this.cluster.binary, this.words, { cwd: this.folder, env, stdio: ["ignore", this.cluster.log, this.cluster.log] });
    this.program.on("exit", (code, signal) => {
      // Whoever runs it starts it again, as a service manager does.
      if (this.isWanted) setTimeout(() => this.isWanted && this.start(), 200);
      if (signal !== "SIGKILL" && this.isWanted) this.cluster.endings.push(`${this.name} ended with ${code ?? signal}`);
    });
  }

  kill() {
    this.kills += 1;
    this.program.kill("SIGKILL");
  }

  async stop() {
    this.isWanted = false;
    if (this.program && this.program.exitCode === null && this.program.signalCode === null) {
      const ended = once(this.program, "exit");
      this.program.kill("SIGTERM");
      await ended;
    }
    if (this.isSmall) spawnSync("umount", ["--lazy", this.folder]);
  }

  // Takes the last byte of the disk away, and gives it back.
  async fillDisk() {
    if (!this.isSmall) return;
    const { bavail, bsize } = await statfs(this.folder);
    await writeFile(join(this.folder, "filler"), Buffer.alloc(bavail * bsize)).catch((error) => {
      if (error.code !== "ENOSPC") throw error;
    });
  }

  async freeDisk() {
    await rm(join(this.folder, "filler"), { force: true });
  }
}

export class Cluster {
  // Makes an empty house; `archiveMiB` is what the largest delivery takes.
  static async open(built, folder, log, archiveMiB) {
    const cluster = new Cluster();
    Object.assign(cluster, { built, folder, log, binary: join(built, "rollproof"), endings: [] });
    // Beside it, since the account that runs PostgreSQL may not enter the folder.
    cluster.pgFolder = `${folder}-pg`;
    cluster.postgres = (await run(DEV_PG, ["start", cluster.pgFolder])).trim();
    cluster.storePort = await freePort();
    cluster.startStore();
    cluster.storeLine = await Line.open(cluster.storePort, () => {});
    cluster.mail = new MailServer(await freePort());
    await cluster.mail.live();
    const storage = `s3://photos?endpoint=${encodeURIComponent(cluster.storeLine.base)}&region=us-east-1&path_style=true`;
    cluster.environment = {
      ...process.env,
      ROLLPROOF_DATABASE_URL: cluster.postgres,
      ROLLPROOF_STORAGE_URL: storage,
      ROLLPROOF_SECRET_FILE: join(folder, "secret.key"),
      ROLLPROOF_DATA_DIR: join(folder, "operator"),
      ROLLPROOF_SMTP_URL: `smtp://127.0.0.1:${cluster.mail.port}`,
      // A dead worker's leases run out soon, or the run would mostly wait.
      ROLLPROOF_JOBS_LEASE_MS: "3000",
      ROLLPROOF_LOG: "warn",
      AWS_ACCESS_KEY_ID: "key",
      AWS_SECRET_ACCESS_KEY: "secret",
    };
    await cluster.operate("migrate");
    await cluster.operate("agency", "add", "STUDIO", "Studio");
    await cluster.operate("campaign", "add", CAMPAIGN, "--name", "Graduation", "--mode", "legacy");
    [cluster.token] = (await cluster.operate("agency", "token", "STUDIO")).match(/rollproof_\S+/);
    cluster.webs = [];
    for (let number = 0; number < WEBS; number += 1) {
      const port = await freePort();
      const web = new Machine(cluster, `web-${number}`, ["serve", "--no-worker", "--listen", `127.0.0.1:${port}`]);
      cluster.webs.push(Object.assign(web, { base: `http://127.0.0.1:${port}` }));
      await web.prepare(archiveMiB * 2 + 64);
    }
    cluster.workers = Array.from({ length: WORKERS }, (_, number) => new Machine(cluster, `worker-${number}`, ["worker"]));
    for (const worker of cluster.workers) await worker.prepare(archiveMiB + 64);
    return cluster;
  }

  startStore() {
    const server = join(this.built, "examples/s3_server");
    this.store = spawn(server, [join(this.folder, "s3"), String(this.storePort)], { stdio: ["ignore", this.log, this.log] });
  }

  get machines() {
    return [...this.webs, ...this.workers];
  }

  start() {
    for (const machine of this.machines) machine.start();
  }

  // A verb of the command line, on a machine of its own.
  operate(...words) {
    return run(this.binary, words, { cwd: this.folder, env: this.environment });
  }

  // The same on another day; on the files themselves, since the S3 server takes nobody whose day is another.
  operateLater(clock, ...words) {
    const env = { ...this.environment, ...clock.environment, ROLLPROOF_STORAGE_URL: `file:${join(this.folder, "s3/photos")}` };
    return run(this.binary, words, { cwd: this.folder, env });
  }

  async query(sql) {
    return (await run("psql", ["--no-psqlrc", "--tuples-only", "--no-align", this.postgres, "--command", sql])).trim();
  }

  // As after a power cut.
  restartDatabase() {
    return run(DEV_PG, ["restart", this.pgFolder]);
  }

  async until(sql, expected) {
    // The database may be on its way back.
    await untilIt(() => this.query(sql).then((found) => found === expected, () => false), sql);
  }

  async close() {
    await Promise.all((this.webs ? this.machines : []).map((machine) => machine.stop()));
    await this.storeLine?.close();
    this.store?.kill("SIGKILL");
    await this.mail?.die();
    await run(DEV_PG, ["stop", this.pgFolder]);
  }
}
