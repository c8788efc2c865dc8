// A demonstration house served by the real binary, and a browser that is signed in to it.

import { spawn } from "node:child_process";
import { access, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const STUDENTS = 200;
const PASSWORD = "correct horse battery staple";
const BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

async function freePort() {
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

async function untilServed(base) {
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

// Sets the password behind the link, signs in, and gives the state other contexts begin with.
export async function signIn(browser, house) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(house.link);
  const email = await page.locator("input[name=username]").inputValue();
  await page.locator("input[name=password]").fill(PASSWORD);
  await page.locator("input[name=repeat]").fill(PASSWORD);
  await page.locator("form:has(input[name=repeat]) button").click();
  await page.waitForURL("**/console/login*");
  await page.locator("input[name=email]").fill(email);
  await page.locator("input[name=password]").fill(PASSWORD);
  await page.locator("form:has(input[name=email]) button").click();
  await page.waitForURL(`${house.base}/console`);
  const state = await context.storageState();
  await context.close();
  return state;
}
