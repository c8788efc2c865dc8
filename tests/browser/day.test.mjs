// A first day in the console, from the one-time link to the auditor, in a real browser against the real binary.
//
//   node --test tests/browser/day.test.mjs          after cargo build --bins

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { mkdir } from "node:fs/promises";
import { after, before, test } from "node:test";
import { look, lookInEveryView, openBrowser, openHouse, PASSWORD, SCREENSHOTS, setPassword } from "./house.mjs";

const BINARY = new URL("../../target/debug/rollproof", import.meta.url).pathname;

let house;
let browser;
let admin;

before(async () => {
  await mkdir(SCREENSHOTS, { recursive: true });
  house = await openHouse(BINARY);
  browser = await openBrowser();
  admin = await newcomer();
});

after(async () => {
  await browser?.close();
  await house?.close();
});

// A browser that nobody has signed in with.
async function newcomer() {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, bypassCSP: true });
  await context.addCookies([{ name: "lang", value: "zh-CN", url: house.base }]);
  return context.newPage();
}

// RFC 6238 over the secret that the page shows in base 32, `ahead` steps from now.
function oneTimeCode(secret, ahead = 0) {
  const bits = [...secret.replace(/[^A-Z2-7]/g, "")]
    .map((letter) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".indexOf(letter).toString(2).padStart(5, "0"))
    .join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000) + ahead));
  const digest = createHmac("sha1", key).update(step).digest();
  const word = digest.readUInt32BE(digest.at(-1) & 15) & 0x7fffffff;
  return String(word % 1000000).padStart(6, "0");
}

async function signIn(page, email, password) {
  await page.goto(`${house.base}/console/login`);
  await page.fill("#email", email);
  await page.fill("#password", password);
  await page.click("form:has(#email) button");
}

async function invite(email, role, className) {
  await admin.goto(`${house.base}/console/staff`);
  if (!(await admin.locator("details.invite[open]").count())) await admin.click("details.invite > summary");
  const form = admin.locator("details.invite form");
  await form.locator("[name=email]").fill(email);
  await form.locator("[name=role]").selectOption(role);
  if (className) await form.locator("[name=class_name]").fill(className);
  await form.locator("button").click();
  return admin.locator("#link").inputValue();
}

test("a first login, a second factor, a recovery code", async () => {
  const email = await setPassword(admin, house.link);
  await signIn(admin, email, PASSWORD);
  await admin.waitForURL(`${house.base}/console`);
  await admin.goto(`${house.base}/console/account`);
  await lookInEveryView(admin, house.base, "console-account");
  await admin.click('a[href="/console/account/second-factor"]');
  await lookInEveryView(admin, house.base, "console-account-enrol");
  const secret = await admin.locator("code.secret").innerText();
  await admin.fill("#code", oneTimeCode(secret));
  await admin.click("form:has(#code) button");
  const codes = await admin.locator(".recovery-codes code").allInnerTexts();
  assert.equal(codes.length, 10);

  await admin.click("details.menu > summary");
  await admin.click('form[action="/console/logout"] button');
  await signIn(admin, email, PASSWORD);
  // The code that was typed to enrol is used up; the next one of the app is good already.
  await admin.fill("#totp", oneTimeCode(secret, 1));
  await admin.fill("#password", PASSWORD);
  await admin.click("form:has(#totp) button");
  await admin.waitForURL(`${house.base}/console`);

  const elsewhere = await newcomer();
  await signIn(elsewhere, email, PASSWORD);
  await elsewhere.fill("#totp", codes[0]);
  await elsewhere.fill("#password", PASSWORD);
  await elsewhere.click("form:has(#totp) button");
  await elsewhere.waitForURL(`${house.base}/console`);
  await admin.goto(`${house.base}/console/account`);
  await admin.click('.section-head form[action="/console/account/sessions"] button');
  await elsewhere.goto(`${house.base}/console`);
  assert.match(elsewhere.url(), /\/console\/login/);
  await elsewhere.context().close();
});

// Valid by GB 11643: the roll takes the row for what it is.
const ROLL = [
  "学生编号,姓名,证件号码,院校代码,层次,班级,入学日期,预计毕业日期,学籍状态",
  "202201019901,欧阳娜,440101200403150012,99001,本科,测试2201班,20220901,20260630,注册学籍",
  "202201019902,司马青,440101200403150020,99001,本科,测试2201班,20220901,20260630,注册学籍",
  "202201019903,诸葛明,440101200403150036,99001,本科,测试2201班,20220901,20260630,注册学籍",
].join("\r\n");

test("a roll read wrongly is put right in step two, imported, and taken back", async () => {
  const columns = `${house.base}/console/roll/imports`;
  await admin.goto(columns);
  await admin.setInputFiles("input[name=file]", { name: "roll.csv", mimeType: "text/csv", buffer: Buffer.from(ROLL) });
  await admin.click(".import-form button.btn-primary");
  await admin.waitForURL(/imports\/\d+$/);
  const here = admin.url();
  await Promise.all([admin.waitForURL(/encoding=utf-16le/), admin.selectOption("[name=encoding]", "utf-16le")]);
  assert.ok(!(await admin.locator("main").innerText()).includes("欧阳娜"));
  await Promise.all([admin.waitForURL(/encoding=auto/), admin.selectOption("[name=encoding]", "auto")]);
  assert.ok((await admin.locator(".head-table").innerText()).includes("欧阳娜"));
  await lookInEveryView(admin, house.base, "console-import-columns");
  await admin.selectOption("[name=field-0]", "student-no");
  await admin.click('form[action$="/columns"] button.btn-primary');
  await admin.locator('input[value="approve"]').waitFor({ state: "attached", timeout: 60000 });
  await lookInEveryView(admin, house.base, "console-import-compare");
  await admin.goto(`${here}?list=errors`);
  await lookInEveryView(admin, house.base, "console-import-errors");
  const [workbook] = await Promise.all([admin.waitForEvent("download"), admin.click('a[href$="errors.xlsx"]')]);
  assert.match(workbook.suggestedFilename(), /^import-\d+-errors\.xlsx$/);
  await admin.click('form:has(input[value="approve"]) button');
  await admin.locator('form[action$="/undo"] button').waitFor({ timeout: 60000 });
  await admin.goto(`${house.base}/console/records?class=${encodeURIComponent("测试2201班")}`);
  assert.equal(await admin.locator("tbody tr").count(), 2);
  await admin.goto(here);
  await admin.click('form[action$="/undo"] button');
  await admin.goto(`${house.base}/console/records?class=${encodeURIComponent("测试2201班")}`);
  assert.equal(await admin.locator("tbody tr").count(), 0);
});

const CRC = Array.from({ length: 256 }, (_, n) => {
  let code = n;
  for (let bit = 0; bit < 8; bit += 1) code = code & 1 ? 0xedb88320 ^ (code >>> 1) : code >>> 1;
  return code >>> 0;
});

// A ZIP of stored files, as a camera's software writes it.
function zip(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [name, bytes] of files) {
    const crc = (bytes.reduce((code, byte) => CRC[(code ^ byte) & 255] ^ (code >>> 8), 0xffffffff) ^ 0xffffffff) >>> 0;
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt32LE(crc, 10);
    facts.writeUInt32LE(bytes.length, 14);
    facts.writeUInt32LE(bytes.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), facts, Buffer.from(name)]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    directory.push(Buffer.from("PK\x01\x02\x14\x00"), facts, place, Buffer.from(name));
    parts.push(local, bytes);
    offset += local.length + bytes.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, list, Buffer.from("PK\x05\x06"), end]);
}

// The first hundred and ten matched photos again, far too small: each must be looked at.
async function smallPhotos() {
  const files = [];
  let next = `${house.base}/console/batches/1?list=matched`;
  while (files.length < 110 && next) {
    await admin.goto(next);
    const rows = await admin.locator("tr:has(.student), li:has(.student)").evaluateAll((found) =>
      found.map((row) => [row.querySelector(".student .number")?.textContent.trim(), row.querySelector("img")?.getAttribute("src")]));
    for (const [number, picture] of rows.filter(([known, src]) => known && src)) {
      const answer = await admin.request.get(house.base + picture);
      files.push([`${number}.jpg`, await answer.body()]);
    }
    const link = admin.locator("a[rel=next]");
    next = (await link.count()) ? house.base + (await link.getAttribute("href")) : null;
  }
  return files.slice(0, 110);
}

test("a delivery is uploaded, and a hundred photos are reviewed by keyboard without a reload", async () => {
  const files = await smallPhotos();
  assert.equal(files.length, 110);
  await admin.goto(`${house.base}/console/batches/new`);
  await admin.setInputFiles("input[name=file]", { name: "again.zip", mimeType: "application/zip", buffer: zip(files) });
  await admin.click("form[data-upload] button.btn-primary");
  await admin.waitForURL(/\/console\/batches\/\d+$/, { timeout: 60000 });
  const batch = admin.url();
  await admin.locator('form[action$="/rematch"] button').waitFor({ timeout: 120000 });
  await lookInEveryView(admin, house.base, "console-batch-reviewed");
  await admin.goto(`${house.base}/console/review?batch=${batch.split("/").at(-1)}`);
  await admin.evaluate(() => { window.isFirstPage = true; });
  await admin.keyboard.press("ArrowRight");
  for (let done = 0; done < 100; done += 1) {
    const [answer] = await Promise.all([
      admin.waitForResponse((response) => response.url().endsWith("/console/review/decisions")),
      admin.keyboard.press("r"),
    ]);
    assert.equal(answer.status(), 200);
    await admin.waitForFunction(() => document.activeElement?.closest(".review-tile:not([data-decided], [data-sending])"));
  }
  assert.ok(await admin.evaluate(() => window.isFirstPage), "the page was loaded again");
  await admin.reload();
  assert.equal(await admin.locator(".review-tile").count(), 10);
});

test("a decision on a pair outlives another matching", async () => {
  await admin.goto(`${house.base}/console/review?reason=DUP`);
  const href = await admin.locator(".review-tile a[href^='/console/review/']").first().getAttribute("href");
  await admin.goto(house.base + href);
  await admin.click('form[action="/console/review/pairs"] button[value=different]');
  await admin.goto(`${house.base}/console/batches/1`);
  await admin.click('form[action$="/rematch"] button');
  await admin.locator('form[action$="/rematch"] button').waitFor({ timeout: 60000 });
  await admin.goto(house.base + href);
  assert.equal(await admin.locator('form[action="/console/review/pairs"] button[value=different]').count(), 0);
});

test("a counsellor sees her class alone", async () => {
  await admin.goto(`${house.base}/console/records`);
  const className = (await admin.locator("tbody tr .quiet").first().innerText()).trim();
  await admin.goto(`${house.base}/console/records?class=${encodeURIComponent(className)}`);
  const expected = await admin.locator("tbody tr").count();
  const link = await invite("chen@example.edu", "counsellor", className);
  const counsellor = await newcomer();
  await setPassword(counsellor, link);
  await signIn(counsellor, "chen@example.edu", PASSWORD);
  await counsellor.waitForURL(`${house.base}/console`);
  await counsellor.goto(`${house.base}/console/records`);
  const classes = await counsellor.locator("tbody tr .quiet").allInnerTexts();
  assert.ok(classes.length === expected && classes.every((name) => name.trim() === className));
  const refused = await counsellor.goto(`${house.base}/console/batches/1`);
  assert.equal(refused.status(), 403);
  await counsellor.context().close();
});

test("a field is opened with a reason, and an auditor finds all of it", async () => {
  await admin.goto(`${house.base}/console/records/1`);
  await admin.click("details.reveal >> nth=1 >> summary");
  await admin.fill("#reason-id-number", "工单 17 核对证件");
  await admin.click("form:has(#reason-id-number) button");
  assert.match(await admin.locator(".revealed").innerText(), /^\d{17}[\dX]$/);
  const link = await invite("zhao@example.edu", "auditor");
  await admin.goto(`${house.base}/console/staff`);
  await lookInEveryView(admin, house.base, "console-staff");
  const auditor = await newcomer();
  await setPassword(auditor, link);
  await signIn(auditor, "zhao@example.edu", PASSWORD);
  await auditor.waitForURL(`${house.base}/console`);
  const acts = [
    "record.reveal-id-number", "roll.import.approve", "roll.errors", "roll.undo", "photo.reject", "pair.different",
    "staff.add", "staff.recovery-code", "batch.receive",
  ];
  for (const act of acts) {
    await auditor.goto(`${house.base}/console/audit?action=${act}`);
    assert.ok((await auditor.locator("tbody tr").count()) > 0, act);
  }
  await auditor.goto(`${house.base}/console/audit?action=record.reveal-id-number`);
  const revealed = await auditor.locator("tbody tr").first().innerText();
  for (const word of ["demo@example.edu", "127.0.0.1", "工单 17 核对证件"]) assert.ok(revealed.includes(word), word);
  await auditor.goto(`${house.base}/console/audit`);
  await lookInEveryView(auditor, house.base, "console-audit");
  const [file] = await Promise.all([auditor.waitForEvent("download"), auditor.click('a[href^="/console/audit.csv"]')]);
  assert.equal(file.suggestedFilename(), "audit.csv");
  await auditor.context().close();
});
