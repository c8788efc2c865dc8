// An agency delivers over a bad line, in a real browser: the server dies in the middle, comes back, the upload goes on, and the receipt
// is read. Every page of the agency is looked at on the way.
//
//   node --test tests/browser/deliver.test.mjs          after cargo build --bins --examples

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { Line } from "../clients/line.mjs";
import { Server } from "../clients/server.mjs";
import { look, openBrowser, PASSWORD, SCREENSHOTS, setPassword, VIEWS } from "./house.mjs";

const BUILT = new URL("../../target/debug/", import.meta.url).pathname;
const STUDENTS = 150;
const KILL_AFTER_BYTES = 1024 * 1024;

let folder;
let server;
let line;
let browser;
let onBytes = () => {};

before(async () => {
  await mkdir(SCREENSHOTS, { recursive: true });
  folder = await mkdtemp(join(tmpdir(), "rollproof-deliver-"));
  const drawn = spawnSync(`${BUILT}examples/draw`, [folder, String(STUDENTS), "11"], { encoding: "utf8" });
  assert.equal(drawn.status, 0, drawn.stderr);
  server = await Server.open(`${BUILT}rollproof`, folder, join(folder, "roll.csv"));
  line = await Line.open(server.port, (sent) => onBytes(sent));
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  await line?.close();
  await server?.kill();
  await rm(folder, { recursive: true, force: true });
});

test("a delivery outlives the server, and its receipt says what became of it", async () => {
  const invited = server.run("agency", "invite", "STUDIO", "lin@studio.example", "--admin");
  const [, link] = invited.match(/(\/\S*\/set-password\/\S+)/);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, bypassCSP: true });
  await context.addCookies([{ name: "lang", value: "zh-CN", url: line.base }]);
  const page = await context.newPage();
  const email = await setPassword(page, line.base + link.slice(link.indexOf("/console")));
  await page.fill("#email", email);
  await page.fill("#password", PASSWORD);
  await page.click("form:has(#email) button");
  await page.waitForURL("**/agency");

  const started = line.sent;
  const killed = new Promise((resolve) => {
    onBytes = (sent) => {
      if (sent - started < KILL_AFTER_BYTES) return;
      onBytes = () => {};
      // Nothing more arrives, however long the server takes to die.
      line.goDown();
      resolve(server.kill());
    };
  });
  await page.setInputFiles("#files", join(folder, "batch.zip"));
  await killed;
  const act = (name) => page.locator(`.sending [data-act=${name}]`);
  await act("pause").click();
  await act("resume").waitFor();
  await page.screenshot({ path: `${SCREENSHOTS}agency-paused.zh-CN.light.1440.png`, fullPage: true });
  await server.start();
  line.mend();
  await act("resume").click();
  await page.locator(".sending a.btn-primary").click();
  await page.waitForURL("**/agency/batches/*");
  const receipt = page.url().slice(line.base.length).split("?")[0];
  await page.waitForFunction(() => document.querySelector(".list-table tbody tr"), undefined, { timeout: 120_000 });

  const pages = ["/agency", receipt, `${receipt}?list=review`, "/agency/recaptures", "/agency/tokens", "/agency/webhooks", "/agency/people"];
  for (const view of VIEWS) {
    await context.addCookies([{ name: "lang", value: view.lang, url: line.base }]);
    await page.emulateMedia({ colorScheme: view.scheme });
    await page.setViewportSize({ width: view.width, height: 900 });
    for (const path of pages) {
      const name = `${path.slice(1).replace(/[/?=]/g, "-")}.${view.lang}.${view.scheme}.${view.width}`;
      await look(page, line.base + path, name);
    }
  }
  const answer = await page.request.get(`${line.base}${receipt}/receipt.csv`);
  const rows = (await answer.text()).trim().split("\n").length - 1;
  const asked = await fetch(`${server.base}/api/v1/batches/1/report`, { headers: { authorization: `Bearer ${server.token}` } });
  const report = await asked.json();
  assert.ok(report.counts.matched > 0);
  assert.equal(rows, report.counts.files, "a line for every file");
  await context.close();
});
