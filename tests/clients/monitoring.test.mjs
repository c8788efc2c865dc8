// Alerts and dashboard ask for figures that the server gives, under the names that are documented, and each alert has its part of the runbook.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { freePort } from "../browser/house.mjs";
import { Server } from "./server.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BUILT = join(ROOT, "target/debug");
const NAMES = /rollproof_[a-z_]+/g;
// How OpenMetrics writes the samples of a counter and of a histogram.
const family = (name) => name.replace(/_(total|bucket|count|sum)$/, "");
const families = (text) => new Set((text.match(NAMES) ?? []).map(family));

// As headings become addresses within a page.
const anchor = (heading) => heading.toLowerCase().replace(/[^\p{L}\p{N} -]/gu, "").replaceAll(" ", "-");

// A house with a roll, which somebody works in, and the way to its figures.
async function openWatched(folder) {
  const drawn = spawnSync(join(BUILT, "examples/draw"), [folder, "20", "1"], { encoding: "utf8" });
  assert.equal(drawn.status, 0, drawn.stderr);
  const listen = `127.0.0.1:${await freePort()}`;
  process.env.ROLLPROOF_METRICS_LISTEN = listen;
  const server = await Server.open(join(BUILT, "rollproof"), folder, join(folder, "roll.csv"));
  return { server, figures: async () => (await fetch(`http://${listen}/metrics`)).text() };
}

test("alerts, dashboard and documents name what /metrics gives", async () => {
  const folder = await mkdtemp(join(tmpdir(), "rollproof-watched-"));
  const [alerts, dashboard, documents] = await Promise.all(
    ["deploy/prometheus/alerts.yml", "deploy/grafana/rollproof.json", "docs/operating.md"].map((path) => readFile(join(ROOT, path), "utf8")),
  );
  let watched;
  try {
    watched = await openWatched(folder);
    assert.equal((await fetch(`${watched.server.base}/lookup`)).status, 200);
    let text;
    do text = await watched.figures();
    while (!text.includes("rollproof_worker_silent_seconds{"));
    const given = new Set([...text.matchAll(/^# TYPE (\S+) /gm)].map(([, name]) => name));
    const documented = new Set([...documents.matchAll(/^\| `(rollproof_[a-z_]+)` \|/gm)].map(([, name]) => family(name)));
    assert.deepEqual([...given].sort(), [...documented].sort());
    for (const name of [...families(alerts), ...families(JSON.stringify(JSON.parse(dashboard)))]) {
      assert.ok(documented.has(name), `${name} is asked for and not given`);
    }
    const headings = new Set([...documents.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => anchor(heading)));
    const runbooks = [...alerts.matchAll(/docs\/operating\.md#([^"]+)"/g)].map(([, address]) => address);
    assert.equal(runbooks.length, alerts.match(/- alert:/g).length, "every alert names its part of the runbook");
    for (const address of runbooks) assert.ok(headings.has(address), `the runbook has no part ${address}`);
  } finally {
    delete process.env.ROLLPROOF_METRICS_LISTEN;
    await watched?.server.kill();
    await rm(folder, { recursive: true, force: true });
  }
});
