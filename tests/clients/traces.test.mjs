// Spans as a collector receives them: a request, the jobs that it causes, and nothing that names anybody.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Server } from "./server.mjs";

const BUILT = fileURLToPath(new URL("../../target/debug/", import.meta.url));
// All that spans say of themselves; an addition is looked at by somebody.
const SAID = new Set([
  "http.request.method", "http.response.status_code", "http.route", "job.attempt", "job.id", "request.id",
]);

// A collector that keeps what it is sent.
async function openCollector() {
  const collector = { spans: [], waiting: [] };
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { resourceSpans } = JSON.parse(Buffer.concat(chunks));
    collector.spans.push(...resourceSpans.flatMap((one) => one.scopeSpans).flatMap((one) => one.spans));
    response.setHeader("content-type", "application/json");
    response.end("{}");
    for (const look of collector.waiting.splice(0)) look();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  collector.url = `http://127.0.0.1:${server.address().port}/v1/traces`;
  collector.close = () => server.close();
  collector.until = async (holds) => {
    while (!holds()) await new Promise((resolve) => collector.waiting.push(resolve));
  };
  return collector;
}

test("a delivery is one trace, from the request that hands it in to the last job", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rollproof-traces-"));
  const collector = await openCollector();
  process.env.ROLLPROOF_TRACES_URL = collector.url;
  let server;
  try {
    const drawn = spawnSync(join(BUILT, "examples/draw"), [folder, "20", "1"], { encoding: "utf8" });
    assert.equal(drawn.status, 0, drawn.stderr);
    server = await Server.open(join(BUILT, "rollproof"), folder, join(folder, "roll.csv"));
    const uploaded = spawnSync(join(BUILT, "rollproof"), ["push", join(folder, "batch.zip"), "--server", server.base, "--campaign", "2027", "--token-file", await server.tokenFile(), "--format", "json"], { encoding: "utf8" });
    assert.ok([0, 3].includes(uploaded.status), uploaded.stderr);
    await collector.until(() => collector.spans.some((span) => span.name === "reconcile_batch"));
    const handedIn = collector.spans.find((span) => span.name === "POST /api/v1/batches");
    assert.ok(handedIn, collector.spans.map((span) => span.name).join(", "));
    const trace = collector.spans.filter((span) => span.traceId === handedIn.traceId);
    const byName = (name) => trace.filter((span) => span.name === name);
    const [unpack] = byName("unpack_batch");
    assert.equal(unpack.parentSpanId, handedIn.spanId, "the request caused it");
    assert.ok(byName("inspect_photos").every((span) => span.parentSpanId === unpack.spanId) && byName("inspect_photos").length > 0);
    assert.equal(byName("reconcile_batch").length, 1);
    const keys = new Set(collector.spans.flatMap((span) => (span.attributes ?? []).map((one) => one.key)));
    assert.deepEqual([...keys].filter((key) => !SAID.has(key)), []);
    assert.ok(collector.spans.every((span) => (span.events ?? []).length === 0), "what the log says stays there");
  } finally {
    delete process.env.ROLLPROOF_TRACES_URL;
    await server?.kill();
    collector.close();
    await rm(folder, { recursive: true, force: true });
  }
});
