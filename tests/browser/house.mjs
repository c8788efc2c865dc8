// A demonstration house served by the real binary, and a browser that is signed in to it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { access, mkdtemp, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const STUDENTS = 200;
export const PASSWORD = "correct horse battery staple";
export const SCREENSHOTS = new URL("../../target/screenshots/", import.meta.url).pathname;
const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
// Both languages, light and dark, a desk and a telephone.
export const VIEWS = [
  { scheme: "light", lang: "zh-CN", width: 1440 },
  { scheme: "dark", lang: "en", width: 1440 },
  { scheme: "light", lang: "en", width: 390 },
  { scheme: "dark", lang: "zh-CN", width: 390 },
];
export const SIZES = [{ width: 390, height: 844 }, { width: 1440, height: 900 }];
const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

// Starts `rollproof demo` and waits until it prints the link that sets the first password.
export async function openHouse(binary) {
  const folder = await mkdtemp(join(tmpdir(), "rollproof-browser-"));
  const base = `http://127.0.0.1:${await freePort()}`;
  const environment = { ...process.env, ROLLPROOF_DATA_DIR: join(folder, "data"), ROLLPROOF_PUBLIC_URL: base };
  delete environment.ROLLPROOF_DATABASE_URL;
  const program = spawn(binary, ["demo", "--students", String(STUDENTS), "--listen", base.slice("http://".length)], {
    cwd: folder,
    env: environment,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const link = await new Promise((resolve, reject) => {
    let said = "";
    program.stdout.on("data", (chunk) => {
      said += chunk;
      const found = said.match(/https?:\/\/\S+\/console\/set-password\/\S+/);
      if (found) resolve(found[0]);
    });
    program.on("exit", (code) => reject(new Error(`the demonstration ended with ${code}: ${said}`)));
  });
  await untilServed(base);
  return {
    base,
    link,
    async close() {
      program.removeAllListeners("exit");
      const ended = new Promise((resolve) => program.once("exit", resolve));
      program.kill("SIGTERM");
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

export async function untilServed(base) {
  for (;;) {
    try {
      if ((await fetch(`${base}/healthz`)).ok) return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

export async function openBrowser() {
  for (const executablePath of BROWSERS) {
    const isThere = await access(executablePath).then(() => true, () => false);
    // Tests run as root in containers, where Chromium's own sandbox cannot start.
    if (isThere) return chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  }
  throw new Error("there is no Chromium: run scripts/setup.sh --tests");
}

// Opens a page, keeps its picture, and finds it fitting and accessible.
export async function look(page, address, name) {
  const answer = await page.goto(address);
  assert.equal(answer.status(), 200, address);
  await inspect(page, name);
}

// Keeps a picture of the page that is open, and finds it fitting and accessible.
export async function inspect(page, name) {
  await page.waitForLoadState("networkidle");
  await page.screenshot({ path: `${SCREENSHOTS}${name}.png`, fullPage: true });
  const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  assert.ok(!isTooWide, `${name} scrolls sideways`);
  // The page as a whole: what a bar at the lower edge covers now is in the open after a turn of the wheel.
  const view = page.viewportSize();
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.setViewportSize({ width: view.width, height });
  await page.evaluate(AXE);
  const { violations } = await page.evaluate((rules) => globalThis.axe.run({ runOnly: rules }), RULES);
  await page.setViewportSize(view);
  const said = violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.target.join(" ")).join(", ")}`);
  assert.deepEqual(said, [], name);
}

// The same on a telephone and at a desk.
export async function inspectInBothSizes(page, name) {
  for (const size of SIZES) {
    await page.setViewportSize(size);
    await inspect(page, `${name}-${size.width}`);
  }
}

// Looks at the page that is open in both languages, light and dark, at a desk and on a telephone; and leaves it as it was.
export async function lookInEveryView(page, base, name) {
  const { width, height } = page.viewportSize();
  for (const view of VIEWS) {
    await page.context().addCookies([{ name: "lang", value: view.lang, url: base }]);
    await page.emulateMedia({ colorScheme: view.scheme });
    await page.setViewportSize({ width: view.width, height });
    await look(page, page.url(), `${name}.${view.lang}.${view.scheme}.${view.width}`);
  }
  await page.context().addCookies([{ name: "lang", value: "zh-CN", url: base }]);
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width, height });
  await page.reload();
}

// Sets the password behind a one-time link; gives the address it is for.
export async function setPassword(page, link) {
  await page.goto(link);
  const email = await page.locator("#username").inputValue();
  await page.fill("#password", PASSWORD);
  await page.fill("#repeat", PASSWORD);
  await page.click("form:has(#repeat) button");
  await page.waitForURL("**/console/login*");
  return email;
}

// Sets the password behind the link, signs in, and gives the state other contexts begin with.
export async function signIn(browser, house) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const email = await setPassword(page, house.link);
  await page.locator("input[name=email]").fill(email);
  await page.locator("input[name=password]").fill(PASSWORD);
  await page.locator("form:has(input[name=email]) button").click();
  await page.waitForURL(`${house.base}/console`);
  const state = await context.storageState();
  await context.close();
  return state;
}
