// Many students are reminded, or told that their photo is there, while the mail server dies three times and the worker once: every mail
// arrives, and none under two identifiers.
//
//   node tests/clients/mails.mjs [STUDENTS] [reminders | news]          after cargo build --release --bins --examples

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { FakeClock } from "../browser/fake_clock.mjs";
import { freePort } from "../browser/house.mjs";
import { MailServer } from "./mail_server.mjs";

const DEATHS = 3;

// News are told of photos of the last sixty days, at any hour; reminders by day, of those that came long ago.
async function dayFor(kind, folder) {
  if (kind === "news") return {};
  const noon = new Date(Date.now() + 62 * 86_400_000).toISOString().replace(/T.*/, "T04:00:00Z");
  return (await FakeClock.at(folder, noon)).environment;
}

export async function proveMails(built, students, kind) {
  const folder = await mkdtemp(join(tmpdir(), "rollproof-mails-"));
  const mail = new MailServer(await freePort());
  await mail.live();
  const env = {
    ...process.env,
    ROLLPROOF_DATA_DIR: folder,
    ROLLPROOF_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
    ROLLPROOF_LOG: "error",
    ROLLPROOF_JOBS_LEASE_MS: "3000",
  };
  delete env.ROLLPROOF_DATABASE_URL;
  let worker;
  try {
    const furnished = spawnSync(`${built}examples/furnish_students`, [String(students), kind], { cwd: folder, env, encoding: "utf8" });
    assert.equal(furnished.status, 0, furnished.stderr);
    const accounts = Number(furnished.stdout.trim());
    assert.ok(accounts > 0);
    const day = await dayFor(kind, folder);
    worker = await sendAll(mail, accounts, () =>
      spawn(`${built}rollproof`, ["worker"], { cwd: folder, env: { ...env, ...day }, stdio: ["ignore", "ignore", "inherit"] }),
    );
    return report(mail, accounts);
  } finally {
    worker?.kill("SIGTERM");
    if (worker) await once(worker, "exit");
    await mail.die();
    await rm(folder, { recursive: true, force: true });
  }
}

// Lets a worker send until every student has a mail; at certain counts the server dies, and half-way the worker as well. Gives the last worker.
async function sendAll(mail, accounts, work) {
  let worker = work();
  const deaths = Array.from({ length: DEATHS }, (_, nth) => Math.floor((accounts * (nth + 1)) / (DEATHS + 1)));
  let isChanging = false;
  await new Promise((resolve) => {
    mail.onMail = async () => {
      if (mail.students.size >= accounts && !isChanging) resolve();
      if (isChanging || deaths.length === 0 || mail.students.size < deaths[0]) return;
      isChanging = true;
      deaths.shift();
      await mail.die();
      if (deaths.length === 1) {
        worker.kill("SIGKILL");
        await once(worker, "exit");
        worker = work();
      }
      await mail.live();
      isChanging = false;
      if (mail.students.size >= accounts) resolve();
    };
  });
  return worker;
}

function report(mail, accounts) {
  return {
    accounts,
    students: mail.students.size,
    // More than students: somebody with a second enrolment is told about that one too.
    mails: mail.ids.size,
    // A server that took a mail and died before saying so is told once more, under the same identifier.
    repeated: [...mail.ids.values()].filter((to) => to.length > 1).length,
  };
}

if (import.meta.url === pathToFileURL(process.argv[1]).href) {
  const built = new URL("../../target/release/", import.meta.url).pathname;
  console.log(await proveMails(built, Number(process.argv[2] ?? 10_000), process.argv[3] ?? "reminders"));
}
