// Mails go over an encrypted line where the address of the mail server says so, and over no other.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { freePort } from "../browser/house.mjs";
import { MailServer } from "./mail_server.mjs";

const BUILT = new URL("../../target/debug/", import.meta.url).pathname;
let folder, known, stranger;

// A certificate of a server, not of an authority, which clients would not take for one; its file, and what a server needs of it.
async function certificate(name) {
  const [settings, key, file] = ["cnf", "key", "pem"].map((kind) => join(folder, `${name}.${kind}`));
  await writeFile(settings, "[req]\ndistinguished_name=dn\nx509_extensions=own\nprompt=no\n[dn]\nCN=localhost\n[own]\nbasicConstraints=critical,CA:FALSE\nsubjectAltName=DNS:localhost\n");
  const made = spawnSync("openssl", ["req", "-x509", "-config", settings, "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", file]);
  assert.equal(made.status, 0, String(made.stderr));
  return { file, tls: { key: await readFile(key), cert: await readFile(file) } };
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "rollproof-tls-"));
  [known, stranger] = await Promise.all(["known", "stranger"].map(certificate));
});

after(() => rm(folder, { recursive: true, force: true }));

// Students are told that their photo came, by a worker that trusts one certificate. `until` is given the server, and ends the try.
async function deliver(server, address, until) {
  const home = await mkdtemp(join(folder, "house-"));
  const env = {
    ...process.env,
    ROLLPROOF_DATA_DIR: home,
    ROLLPROOF_SMTP_URL: address,
    ROLLPROOF_LOG: "error",
    SSL_CERT_FILE: known.file,
  };
  delete env.ROLLPROOF_DATABASE_URL;
  const furnished = spawnSync(`${BUILT}examples/furnish_students`, ["3", "news"], { cwd: home, env, encoding: "utf8" });
  assert.equal(furnished.status, 0, furnished.stderr);
  await server.live();
  const ended = until(server, Number(furnished.stdout.trim()));
  const worker = spawn(`${BUILT}rollproof`, ["worker"], { cwd: home, env, stdio: ["ignore", "ignore", "inherit"] });
  try {
    await ended;
  } finally {
    worker.kill("SIGTERM");
    await once(worker, "exit");
    await server.die();
  }
}

const everybodyIsTold = (server, accounts) =>
  new Promise((resolve) => {
    server.onMail = () => server.students.size >= accounts && resolve();
  });

const clientLeaves = (server) =>
  new Promise((resolve) => {
    server.onLeave = resolve;
  });

test("over STARTTLS and over TLS from the start mails arrive encrypted", { timeout: 120_000 }, async () => {
  for (const [secure, address] of [[false, (port) => `smtp://localhost:${port}?tls=required`], [true, (port) => `smtps://localhost:${port}`]]) {
    const server = new MailServer(await freePort(), { ...known.tls, secure });
    await deliver(server, address(server.port), everybodyIsTold);
    assert.equal(server.plain, 0);
  }
});

test("where no encryption is offered, or by a stranger, nothing is sent", { timeout: 120_000 }, async () => {
  const bare = new MailServer(await freePort());
  await deliver(bare, `smtp://localhost:${bare.port}?tls=required`, clientLeaves);
  const other = new MailServer(await freePort(), stranger.tls);
  await deliver(other, `smtp://localhost:${other.port}?tls=required`, clientLeaves);
  assert.equal(bare.ids.size + other.ids.size, 0);
});
