// Everything that the OpenAPI document allows and much that it forbids, asked by schemathesis with every identity: no answer may be a
// fault of the server, of an undocumented status, or of another shape than the document says.
//
//   node --test tests/clients/api.test.mjs          after cargo build --bins --examples and scripts/setup.sh --tests
//
// API_EXAMPLES is the number of cases for each operation; 20 where unset.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { once } from "node:events";
import { Server } from "./server.mjs";

const ROOT = new URL("../../", import.meta.url).pathname;
const BUILT = `${ROOT}target/debug/`;
const PYTHON = process.env.CLIENTS_PYTHON ?? `${ROOT}target/clients/bin/python`;
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
  "negative_data_rejection",
];
const PHOTOS = 24;

let folder;
let server;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "rollproof-api-"));
  const drawn = spawnSync(`${BUILT}examples/draw`, [folder, String(PHOTOS), "5"], { encoding: "utf8" });
  assert.equal(drawn.status, 0, drawn.stderr);
  server = await Server.open(`${BUILT}rollproof`, folder, join(folder, "roll.csv"));
  server.run("agency", "add", "OTHER", "Other studio");
  server.run("push", join(folder, "batch.zip"), "--server", server.base, "--campaign", "2027", "--token-file", await server.tokenFile());
});

after(async () => {
  await server?.kill();
  await rm(folder, { recursive: true, force: true });
});

const IDENTITIES = {
  "nobody": () => null,
  "an invented token": () => `rollproof_${"a".repeat(43)}`,
  "the agency that delivered": () => server.token,
  "another system of the school": () => server.run("integrator", "add", "portal", "--rights", "roll,status,photos").trim(),
  "another agency": () => server.run("agency", "token", "OTHER").match(/rollproof_\S+/)[0],
};

for (const [who, token] of Object.entries(IDENTITIES)) {
  test(`the interface answers ${who} as its document says`, async () => {
    const secret = token();
    const words = ["-m", "schemathesis.cli", "run", `${server.base}/api/v1/openapi.json`, "--no-color", "--seed", "7"];
    words.push("--phases", "examples,coverage,fuzzing", "--checks", CHECKS.join(","), "--generation-database", "none");
    words.push("--max-examples", process.env.API_EXAMPLES ?? "20");
    if (secret) words.push("--header", `Authorization: Bearer ${secret}`);
    const program = spawn(PYTHON, words, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [program.stdout, program.stderr]) stream.on("data", (text) => { said += text; });
    const [code] = await once(program, "close");
    assert.equal(code, 0, said);
    assert.match(said, /Operations:|passed/, "schemathesis asked nothing");
  });
}
