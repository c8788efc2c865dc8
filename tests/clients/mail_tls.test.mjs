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
let folder, certificate, tls;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "rollproof-tls-"));
  certificate = join(folder, "server.pem");
  const key = join(folder, "server.key");
  // A certificate of a server, not of an authority, which clients would not take for one.
  const settings = join(folder, "server.cnf");
  await writeFile(settings, "[req]\ndistinguished_name=dn\nx509_extensions=own\nprompt=no\n[dn]\nCN=localhost\n[own]\nbasicConstraints=critical,CA:FALSE\nsubjectAltName=DNS:localhost\n");
  const made = spawnSync("openssl", ["req", "-x509", "-config", settings, "-newkey", "rsa:2048", "-nodes", "-days", "2", "-keyout", key, "-out", certificate]);
  assert.equal(made.status, 0, String(made.stderr));
  tls = { key: await readFile(key), cert: await readFile(certificate) };
});

after(() => rm(folder, { recursive: true, force: true }));

// Students are told that their photo came, by a worker that trusts the certificates of a file. `until` is given the server, and ends the try.
async function deliver(server, address, trusted, until) {
  const home = await mkdtemp(join(folder, "house-"));
  const env = {
    ...process.env,
    ROLLPROOF_DATA_DIR: home,
    ROLLPROOF_SMTP_URL: address,
    ROLLPROOF_LOG: "error",
    SSL_CERT_FILE: trusted,
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

test("over STARTTLS and over TLS from the start mails arrive encrypted", async () => {
  for (const [secure, address] of [[false, (port) => `smtp://localhost:${port}?tls=required`], [true, (port) => `smtps://localhost:${port}`]]) {
    const server = new MailServer(await freePort(), { ...tls, secure });
    await deliver(server, address(server.port), certificate, everybodyIsTold);
    assert.equal(server.plain, 0);
  }
});

test("where no encryption is offered, or by a stranger, nothing is sent", async () => {
  const bare = new MailServer(await freePort());
  await deliver(bare, `smtp://localhost:${bare.port}?tls=required`, certificate, clientLeaves);
  const stranger = new MailServer(await freePort(), tls);
  await deliver(stranger, `smtp://localhost:${stranger.port}?tls=required`, "/etc/ssl/certs/ca-certificates.crt", clientLeaves);
  assert.equal(bare.ids.size + stranger.ids.size, 0);
});
