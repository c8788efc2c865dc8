// The console in a real browser: a day's review by keyboard, and every page looked at for access and fit, in both languages, light
// and dark, wide and narrow. Pictures of the pages land in target/screenshots.
//
//   node --test tests/browser/console.test.mjs          after cargo build --bins

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { look, openBrowser, openHouse, SCREENSHOTS, signIn, VIEWS } from "./house.mjs";

const BINARY = new URL("../../target/debug/rollproof", import.meta.url).pathname;
const PAGES = [
  "/console",
  "/console/batches",
  "/console/batches/new",
  "/console/batches/1",
  "/console/batches/1?list=missing",
  "/console/review",
  "/console/review?band=passed",
  "/console/records",
  "/console/records/1",
  "/console/verdicts",
  "/console/verdicts?answered=disputed",
  "/console/tickets",
  "/console/tickets?band=overdue",
  "/console/tickets/new",
  "/console/tickets/statistics",
  "/console/tickets/kinds",
  "/console/outbox",
  "/console/jobs",
  "/console/jobs?state=done",
  "/console/jobs/1",
  "/console/recaptures",
  "/console/roll/imports",
  "/console/roll/imports/1",
  "/console/campaigns",
  "/console/campaigns/new",
  "/console/campaigns/1",
  "/console/schools",
  "/console/schools/1",
  "/console/records/1/paper",
  "/console/calendar",
  "/console/calendar?year=2027",
  "/console/confirm",
];

let house;
let browser;
let signedIn;

before(async () => {
  await mkdir(SCREENSHOTS, { recursive: true });
  house = await openHouse(BINARY);
  browser = await openBrowser();
  signedIn = await signIn(browser, house);
});

after(async () => {
  await browser?.close();
  await house?.close();
});

async function open({ scheme = "light", lang = "zh-CN", width = 1440, ...more } = {}) {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: scheme,
    storageState: signedIn,
    ...more,
  });
  await context.addCookies([{ name: "lang", value: lang, url: house.base }]);
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(error.message));
  page.on("console", (message) => { if (message.type() === "error") faults.push(message.text()); });
  return { context, page, faults };
}

for (const view of VIEWS) {
  test(`every page fits and is accessible: ${view.scheme}, ${view.lang}, ${view.width} px`, async () => {
    // axe runs as a script of the page, which the pages' own policy rightly refuses.
    const { context, page, faults } = await open({ ...view, bypassCSP: true });
    const review = await page.request.get(`${house.base}/console/review`);
    const [, entry] = (await review.text()).match(/data-entry="(\d+)"/);
    const overview = await (await page.request.get(`${house.base}/console`)).text();
    const [, college] = overview.match(/href="(\/console\?college=[^"]+)"/);
    const classes = await (await page.request.get(house.base + college)).text();
    const [, sheet] = classes.match(/href="(\/console\/records\/sheet\?[^"]+)"/);
    const more = [`/console/review/${entry}`, college, sheet].map((path) => path.replaceAll("&amp;", "&"));
    for (const path of [...PAGES, ...more]) {
      const name = `${path.slice(1).split("college=")[0].replace(/[/?=]/g, "-")}.${view.lang}.${view.scheme}.${view.width}`;
      await look(page, house.base + path, name);
    }
    assert.deepEqual(faults, []);
    await context.close();
  });
}

test("photos are reviewed by keyboard without a page being loaded again", async () => {
  const { context, page, faults } = await open();
  await page.goto(`${house.base}/console/review`);
  await page.evaluate(() => { window.isFirstPage = true; });
  const decided = () => page.locator(".review-tile[data-decided]").count();
  const tiles = await page.locator(".review-tile").count();
  await page.keyboard.press("ArrowRight");
  for (let done = 0; done < tiles; done += 1) {
    const [answer] = await Promise.all([
      page.waitForResponse((response) => response.url().endsWith("/console/review/decisions")),
      page.keyboard.press("r"),
    ]);
    assert.equal(answer.status(), 200);
    await page.waitForFunction((count) => document.querySelectorAll(".review-tile[data-decided]").length === count, done + 1);
  }
  await Promise.all([page.waitForResponse((response) => response.url().endsWith("/console/review/take-back")), page.keyboard.press("u")]);
  await page.waitForFunction((count) => document.querySelectorAll(".review-tile[data-decided]").length === count, tiles - 1);
  assert.equal(await decided(), tiles - 1);
  assert.ok(await page.evaluate(() => window.isFirstPage), "the page was loaded again");
  assert.deepEqual(faults, []);
  await page.reload();
  assert.equal(await page.locator(".review-tile").count(), 1, "only what was taken back is left");
  await context.close();
});

test("what passed is let through as ticked, and a key for one photo means that one", async () => {
  const { context, page, faults } = await open();
  await page.goto(`${house.base}/console/review?band=passed`);
  const decisions = (act) => Promise.all([page.waitForResponse((response) => response.url().endsWith("/console/review/decisions")), act()]);
  const tiles = await page.locator(".review-tile").count();
  await page.keyboard.press("ArrowRight");
  const [refused] = await decisions(() => page.keyboard.press("r"));
  assert.deepEqual((await refused.json()).refused.map((one) => one.code), ["reason-missing"]);
  await page.locator(".review-refused").waitFor();
  await page.keyboard.press("x");
  await page.selectOption("#review select[name=reason]", "EYES");
  const [one] = await decisions(() => page.click("#review button[value=reject]"));
  assert.equal((await one.json()).decided.length, 1);
  await page.locator(".review-tile[data-decided=reject]").waitFor();
  const [others] = await decisions(() => page.click("#review button[value=accept]"));
  assert.equal((await others.json()).decided.length, tiles - 1);
  assert.deepEqual(faults, []);
  await context.close();
});

test("without scripts a photo is decided by its form", async () => {
  const { context, page } = await open({ javaScriptEnabled: false });
  await page.goto(`${house.base}/console/review`);
  await page.locator(".review-tile input[name=entry]").first().check();
  await page.locator("#review button[value=recapture]").click();
  await page.waitForURL("**/console/review");
  assert.equal(await page.locator(".review-tile").count(), 0);
  assert.ok((await page.locator(".review-recent li").count()) > 0);
  await context.close();
});
