// A delivery goes its way through a cluster of which one part after the other is taken away, at random: workers and web servers are killed,
// PostgreSQL breaks down, the store is cut off, a worker's clock goes wrong, disks fill up. It must end as if nothing had happened: every
// photo judged as in a calm house, no object of no row, no mail under two identifiers, the audit trail whole, and a backup that was taken
// meanwhile sound.
//
//   node tests/clients/chaos.mjs [PHOTOS] [SEED]       after cargo build --release --bins --examples; twenty thousand, 20 s of cut

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, openSync } from "node:fs";
import { mkdir, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { FakeClock } from "../browser/fake_clock.mjs";
import { untilServed } from "../browser/house.mjs";
import { CAMPAIGN, Cluster, run } from "./cluster.mjs";
import { randomNumbers } from "./cuts.mjs";
import { normalise } from "./report.mjs";

const MIB = 1024 * 1024;
const UPLOAD = fileURLToPath(new URL("upload.mjs", import.meta.url));
const DAY_S = 86_400;
// What befalls the cluster, in an order of chance: each once, then the usual ones again.
const KINDS = ["worker", "web", "database", "clock", "disk", "store"];
const AGAIN = [...Array(5).fill("worker"), "web", "web", "database", "clock", "disk"];

function shuffled(list, random) {
  const deck = [...list];
  for (let at = deck.length - 1; at > 0; at -= 1) {
    const other = Math.floor(random() * (at + 1));
    [deck[at], deck[other]] = [deck[other], deck[at]];
  }
  return deck;
}

async function sha256Of(path) {
  const hash = createHash("sha256");
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest("hex");
}

class Chaos {
  constructor(options, folder) {
    Object.assign(this, options, { folder, random: randomNumbers(options.seed), counts: {}, faults: [], disturbed: new Set() });
    this.drawn = join(folder, "drawn");
    this.archive = join(this.drawn, "batch.zip");
  }

  draw() {
    return run(join(this.built, "examples/draw"), [this.drawn, String(this.photos), String(this.seed)]);
  }

  // What becomes of the delivery in a house where nothing happens, on SQLite and a folder.
  async calmReport() {
    const env = { ...process.env, ROLLPROOF_DATA_DIR: join(this.folder, "calm"), ROLLPROOF_LOG: "error" };
    delete env.ROLLPROOF_DATABASE_URL;
    const operate = (...words) => run(join(this.built, "rollproof"), words, { cwd: this.folder, env });
    await operate("agency", "add", "STUDIO", "Studio");
    await operate("campaign", "add", CAMPAIGN, "--name", "Graduation", "--mode", "legacy");
    await operate("roll", "import", join(this.drawn, "roll.csv"));
    return normalise(await operate("batch", "ingest", this.archive, "--campaign", CAMPAIGN, "--agency", "STUDIO", "--format", "json"));
  }

  async furnish() {
    const log = openSync(join(this.folder, "log"), "a");
    const archiveMiB = Math.ceil((await stat(this.archive)).size / MIB);
    this.cluster = await Cluster.open(this.built, this.folder, log, archiveMiB);
    await this.cluster.operate("roll", "import", join(this.drawn, "roll.csv"));
    await run(join(this.built, "examples/furnish_students"), [String(this.students), "roll"], { env: this.cluster.environment });
    this.cluster.start();
    await Promise.all(this.cluster.webs.map((web) => untilServed(web.base)));
  }

  // The agency's side: sends until it has arrived, hands it in until that is answered.
  async deliver() {
    const [web] = this.cluster.webs;
    const words = [UPLOAD, web.base, this.archive, String(this.chunkMiB * MIB), await sha256Of(this.archive), join(this.folder, "state.json")];
    let address = "";
    while (!address) {
      const client = spawn("node", words, { env: { ...process.env, TOKEN: this.cluster.token }, stdio: ["ignore", "pipe", "ignore"] });
      let said = "";
      client.stdout.on("data", (text) => { said += text; });
      const [code] = await once(client, "close");
      if (code === 0) address = said.trim();
    }
    this.wasSent = true;
    for (;;) {
      const answer = await fetch(`${web.base}/api/v1/batches`, {
        method: "POST",
        headers: { authorization: `Bearer ${this.cluster.token}`, "content-type": "application/json" },
        body: JSON.stringify({ upload: address.split("/").pop(), campaign: CAMPAIGN }),
      }).catch(() => null);
      if (answer && answer.ok) return answer.json();
      if (answer && answer.status < 500) throw new Error(`handing in was answered ${answer.status}: ${await answer.text()}`);
      await pause(100);
    }
  }

  // People look meanwhile. A server may be away or say that it cannot answer now; it may never say that it is broken.
  async look() {
    while (!this.isOver) {
      for (const web of this.cluster.webs) {
        const answer = await fetch(`${web.base}/lookup`, { signal: AbortSignal.timeout(60_000) }).catch(() => null);
        if (answer) this.counts[`pages answered ${answer.status}`] = (this.counts[`pages answered ${answer.status}`] ?? 0) + 1;
        if (answer?.status === 500) this.faults.push(`a page was answered 500: ${await answer.text()}`);
      }
      await pause(20);
    }
  }

  oneOf(list) {
    return list[Math.floor(this.random() * list.length)];
  }

  async befall(event) {
    const { cluster } = this;
    if (event === "worker") this.oneOf(cluster.workers).kill();
    if (event === "web") this.oneOf(cluster.webs).kill();
    if (event === "database") await cluster.restartDatabase();
    // A minute ahead or behind, and back the next time.
    if (event === "clock") {
      const { clock } = cluster.workers[0];
      await clock.forward(clock.offset_s === 0 ? this.oneOf([60, -60]) : -clock.offset_s);
    }
    if (event === "disk") {
      const machine = this.oneOf([cluster.webs[0], cluster.workers[1]]);
      await machine.fillDisk();
      await pause(this.disk_ms);
      await machine.freeDisk();
    }
    if (event === "store") {
      cluster.storeLine.goDown();
      await pause(this.cut_ms);
      cluster.storeLine.mend();
    }
    this.counts[event] = (this.counts[event] ?? 0) + 1;
    console.error(`${event} at ${new Date().toISOString()}`);
  }

  async disturb() {
    const backup = this.backUp();
    for (const event of [...shuffled(KINDS, this.random), ...shuffled(AGAIN, this.random)]) {
      await pause(this.every_ms * (0.5 + this.random()));
      if (!(await this.isDone())) this.disturbed.add(event);
      await this.befall(event);
    }
    const { clock } = this.cluster.workers[0];
    await clock.forward(-clock.offset_s);
    await backup;
  }

  // Begun while photos come in, and again whenever a part that it needs was taken away.
  async backUp() {
    await this.cluster.until("SELECT count(*) FROM batches WHERE entries_inspected > 0", "1");
    for (let tries = 1; ; tries += 1) {
      const isWhole = await this.cluster.operate("backup", join(this.folder, "backup")).then(() => true, () => false);
      this.counts["tries of the backup"] = tries;
      if (isWhole) return;
      await pause(500);
    }
  }

  // Whether the work has ended; a database that is on its way back has more to do.
  isDone() {
    return this.cluster.query("SELECT count(*) FROM batches WHERE state = 'reconciled'").then((found) => found === "1", () => false);
  }

  // Mails go out when their schedule is due: in five minutes.
  async passOn() {
    const { cluster } = this;
    await cluster.until("SELECT count(*) FROM batches WHERE state = 'reconciled'", "1");
    for (const worker of cluster.workers) await worker.clock.forward(400);
    // It asks for what is due as soon as it is back.
    cluster.workers[0].kill();
    await cluster.until("SELECT count(*) FROM jobs WHERE name = 'remind_students' AND state = 'done' AND finished_at_ms > (SELECT max(reconciled_at_ms) FROM batches) + 300000", "1");
    await cluster.until("SELECT count(*) FROM notice_deliveries WHERE channel = 'mail' AND state = 'waiting'", "0");
    await cluster.until("SELECT count(*) FROM jobs WHERE state = 'running' OR state = 'queued' AND queue <> 'upkeep'", "0");
  }

  // Everything that must hold in the end; the seed is in every message.
  async judge(calm) {
    const { cluster } = this;
    const number = await cluster.query("SELECT batch_id FROM batches");
    const report = normalise(await cluster.operate("batch", "report", number, "--format", "json"));
    assert.ok(report === calm, `seed ${this.seed}: photos are judged otherwise than in a calm house; see ${this.folder}`);
    assert.equal(await cluster.query("SELECT count(*) FROM jobs WHERE state = 'dead'"), "0", "no job was given up");
    const told = Number(await cluster.query("SELECT count(*) FROM notice_deliveries WHERE channel = 'mail' AND state = 'delivered'"));
    assert.equal(cluster.mail.ids.size, told, "every notice is one mail");
    assert.ok(told > 0, "somebody was told");
    this.counts["mails told again under the same identifier"] = [...cluster.mail.ids.values()].filter((to) => to.length > 1).length;
    const later = await FakeClock.at(this.folder, new Date(Date.now() + 2 * DAY_S * 1000).toISOString());
    const found = JSON.parse(await cluster.operateLater(later, "doctor", "--repair", "--format", "json"));
    this.counts["staged files swept"] = found.stray_staged_files;
    assert.deepEqual([found.pictures.missing, found.pictures.orphaned], [0, 0], "every picture has its row");
    const again = JSON.parse(await cluster.operateLater(later, "doctor", "--format", "json"));
    const unsound = again.checks.filter((check) => !check.is_sound && check.name !== "clock");
    assert.deepEqual(unsound, [], "the doctor finds nothing");
    assert.deepEqual(cluster.endings, [], "nothing ended by itself");
    assert.deepEqual(this.faults, []);
  }

  // The backup that was taken meanwhile, in a house of its own.
  async restore() {
    const { cluster } = this;
    await cluster.query("CREATE DATABASE restored");
    const folder = join(this.folder, "restored");
    await mkdir(folder);
    const env = {
      ...cluster.environment,
      ROLLPROOF_DATABASE_URL: cluster.postgres.replace(/[^/]+$/, "restored"),
      ROLLPROOF_STORAGE_URL: `file:${join(folder, "objects")}`,
      ROLLPROOF_DATA_DIR: folder,
    };
    await run(cluster.binary, ["restore", join(this.folder, "backup")], { cwd: folder, env });
    const found = JSON.parse(await run(cluster.binary, ["doctor", "--format", "json"], { cwd: folder, env }));
    assert.deepEqual(found.checks.filter((check) => !check.is_sound), [], "the backup is whole");
  }
}

export async function proveChaos(options) {
  const folder = await mkdtemp(join(tmpdir(), "rollproof-chaos-"));
  const chaos = new Chaos(options, folder);
  try {
    await chaos.draw();
    const calm = await chaos.calmReport();
    await chaos.furnish();
    const looking = chaos.look();
    const began = performance.now();
    await Promise.all([chaos.disturb(), chaos.deliver()]);
    assert.deepEqual(KINDS.filter((kind) => !chaos.disturbed.has(kind)), [], "each happened before the work was done; else take more photos");
    await chaos.passOn();
    const seconds = (performance.now() - began) / 1000;
    chaos.isOver = true;
    await looking;
    await Promise.all(chaos.cluster.machines.map((machine) => machine.stop()));
    await chaos.judge(calm);
    await chaos.restore();
    await chaos.cluster.close();
    await rm(folder, { recursive: true, force: true });
    return { seconds: Math.round(seconds), ...chaos.counts };
  } catch (error) {
    chaos.isOver = true;
    await chaos.cluster?.close();
    error.message += ` (seed ${options.seed}, kept in ${folder})`;
    throw error;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const built = fileURLToPath(new URL("../../target/release/", import.meta.url));
  const [photos = "20000", seed = String(Date.now() % 100_000)] = process.argv.slice(2);
  console.log(await proveChaos({ built, photos: Number(photos), seed: Number(seed), students: 500, chunkMiB: 8, every_ms: 3_000, cut_ms: 20_000, disk_ms: 5_000 }));
}
