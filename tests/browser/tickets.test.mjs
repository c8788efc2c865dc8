// Corrections from the first word to the last, between a student, three people of the office and a mail server: asked for, asked back,
// answered by mail, agreed to by two, applied, merged, overdue. Then everything that was written anywhere is searched for what nobody
// may read there.
//
//   node --test tests/browser/tickets.test.mjs          after cargo build --bins

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { FakeClock } from "./fake_clock.mjs";
import { freePort, lookInEveryView, openBrowser, PASSWORD, SCREENSHOTS, setPassword, untilServed } from "./house.mjs";
import { Post } from "./post.mjs";
import { matched, PASSWORD as STUDENTS_PASSWORD, plain, readRoll, register } from "./student.mjs";

const BINARY = new URL("../../target/debug/rollproof", import.meta.url).pathname;
const DAY_S = 86_400;
// What a student writes, and what stands on the scan: neither may be found outside of the ticket.
const WORDS = "户口本上的字是这个，录取时写错了。";
const [HEAD, REGISTRAR, SUPPORT] = ["head", "registrar", "support"].map((name) => `${name}@school.example`);
const RENAMED = "欧阳改正";

let folder;
let base;
let clock;
let post;
let program;
let browser;
let log;
let roll;
let report;
let student;
let students = 0;
const people = {};
let ticket;
const scans = [];

function environment() {
  const all = { ...process.env, ...post.environment, ...clock.environment };
  delete all.ROLLPROOF_DATABASE_URL;
  return { ...all, ROLLPROOF_LOG: "debug", ROLLPROOF_DATA_DIR: join(folder, "demo"), ROLLPROOF_PUBLIC_URL: base };
}

function run(words, input = "", env = environment()) {
  const done = spawnSync(BINARY, words, { cwd: folder, env, input, encoding: "utf8", maxBuffer: 64 << 20 });
  log.write(done.stderr);
  assert.ok([0, 3].includes(done.status), `${words.join(" ")}: ${done.stderr}`);
  return done.stdout;
}

async function staff(email, role) {
  const { link } = JSON.parse(run(["staff", "add", email, "--role", role, "--format", "json"]));
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, bypassCSP: true });
  await context.addCookies([{ name: "lang", value: "zh-CN", url: base }]);
  const page = await context.newPage();
  await setPassword(page, link);
  await enter(page, email);
  return page;
}

async function enter(page, email) {
  await page.goto(`${base}/console/login`);
  await page.fill("#email", email);
  await page.fill("#password", PASSWORD);
  await page.click("form:has(#email) button");
  await page.waitForURL(`${base}/console`);
}

// Days go by, and whoever was signed in has to sign in again.
async function daysLater(days, student) {
  await clock.forward(days * DAY_S);
  for (const [email, page] of Object.entries(people)) await enter(page, email);
  const { visitor, email, page } = student;
  visitor.cookies.clear();
  assert.equal(await visitor.send("/login?captcha=question", { login: email, password: STUDENTS_PASSWORD }), 200);
  await carryOver(visitor, page);
}

// What a student did by plain requests goes on in the browser.
async function carryOver(visitor, page) {
  await page.context().addCookies([...visitor.cookies].map(([name, value]) => ({ name, value, url: base })));
}

before(async () => {
  await mkdir(SCREENSHOTS, { recursive: true });
  folder = await mkdtemp(join(tmpdir(), "rollproof-tickets-"));
  log = createWriteStream(join(folder, "log"));
  [post, clock] = await Promise.all([Post.open(), FakeClock.at(folder, "2026-11-16T09:30:00+08:00")]);
  base = `http://127.0.0.1:${await freePort()}`;
  const made = { ...environment(), ROLLPROOF_DATA_DIR: folder };
  report = JSON.parse(run(["demo", "--students", "200", "--exit", "--format", "json"], "", made)).report;
  roll = await readRoll(join(folder, "demo/files/roll.csv"));
  program = spawn(BINARY, ["serve", "--listen", base.slice(7)], { cwd: folder, env: environment(), stdio: ["ignore", "pipe", "pipe"] });
  program.stdout.pipe(log, { end: false });
  program.stderr.pipe(log, { end: false });
  await untilServed(base);
  browser = await openBrowser();
  for (const [email, role] of [[HEAD, "admin"], [REGISTRAR, "registrar"], [SUPPORT, "support"]]) people[email] = await staff(email, role);
});

after(async () => {
  await browser?.close();
  if (program?.exitCode === null) {
    program.kill("SIGTERM");
    await once(program, "exit");
  }
  await post?.close();
  await rm(folder, { recursive: true, force: true });
});

async function newStudent() {
  const row = plain(roll, matched(report))[students];
  students += 1;
  const email = `t${students}@mail.example`;
  const visitor = await register(base, post, { name: row.姓名, number: row.证件号码, email, phone: `1390000${1000 + students}` });
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, bypassCSP: true });
  const page = await context.newPage();
  await carryOver(visitor, page);
  return { row, email, visitor, page };
}

// A picture of an identity card as a telephone takes it.
async function scan(row, extra) {
  const page = await browser.newPage({ viewport: { width: 640, height: 400 } });
  await page.setContent(`<h1>居民身份证</h1><p>姓名 ${row.姓名}</p><p>公民身份号码 ${row.证件号码}</p><p>${extra}</p>`);
  const bytes = await page.screenshot({ type: "jpeg", quality: 85 });
  await page.close();
  scans.push(bytes);
  return bytes;
}

const numberOf = (address) => Number(/\/tickets\/(\d+)/.exec(address)[1]);
const stateOf = (page) => page.locator(".ticket-state").first().innerText();

async function open(page, number) {
  await page.goto(`${base}/console/tickets/${number}`);
}

// Takes a step of the office; the form of a step that wants words is folded away before.
async function step(page, number, name, fields = {}) {
  await open(page, number);
  const form = page.locator(`form[action$="/steps"]:has(button[value="${name}"])`);
  if (!(await form.isVisible())) await page.locator("details.ticket-act").filter({ has: form }).locator("summary").click();
  for (const [field, value] of Object.entries(fields)) {
    const input = form.locator(`[name="${field}"]`);
    await ((await input.evaluate((one) => one.tagName)) === "SELECT" ? input.selectOption(value) : input.fill(value));
  }
  await Promise.all([page.waitForNavigation(), form.locator("button").click()]);
}

// What a mail program writes when somebody presses "reply" and attaches a picture.
function reply(mail, from, words, picture) {
  const header = (name) => new RegExp(`^${name}:\\s*(.*(?:\\r?\\n[ \\t].*)*)`, "im").exec(mail.raw)?.[1].trim();
  return [
    `Message-ID: <${Date.now()}.${from}>`, `From: ${from}`, `To: ${header("Reply-To")}`, `In-Reply-To: ${mail.id}`, "Subject: Re:",
    "MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b"', "",
    "--b", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64", "",
    Buffer.from(`${words}\n\n-----原始邮件-----\n请补充\n`).toString("base64"),
    "--b", 'Content-Type: image/jpeg; name="card.jpg"', 'Content-Disposition: attachment; filename="card.jpg"',
    "Content-Transfer-Encoding: base64", "", picture.toString("base64").replace(/.{76}/g, "$&\r\n"), "--b--", "",
  ].join("\r\n");
}

// Pages are loaded until something shows, since workers do their part behind the page.
async function until(page, number, fits) {
  for (;;) {
    await open(page, number);
    if (await fits()) return;
  }
}

// Minutes of the promise that are used up, as the page has them.
async function used(page) {
  const lengths = await page.locator(".clock-legend li").filter({ hasText: /^(已用|承诺时限内|超时)/ }).allInnerTexts();
  const minutes = (text) => 60 * Number(/(\d+) 小时/.exec(text)?.[1] ?? 0) + Number(/(\d+) 分钟/.exec(text)?.[1] ?? 0);
  return lengths.reduce((sum, text) => sum + minutes(text), 0);
}

test("a mistake in the roll: evidence, a question, an answer by mail, two people, and the roll is right", async () => {
  student = await newStudent();
  const { page, row } = student;
  await page.goto(`${base}/tickets/new?kind=roll`);
  await page.fill("#words", WORDS);
  await page.click("main form.stack button");
  await page.waitForURL("**/tickets/*?done=opened");
  ticket = numberOf(page.url());
  await page.setInputFiles("#evidence-photo", { name: "card.jpg", mimeType: "image/jpeg", buffer: await scan(row, "正面") });
  await page.click(".evidence-form button");
  await page.waitForURL("**done=evidence**");
  while (!(await page.locator("form[action$='/steps/submit']").count())) await page.reload();
  await lookInEveryView(page, base, "student-ticket-ready");
  await page.click("form[action$='/steps/submit'] button");
  await page.waitForURL("**done=submit");

  const [admin, registrar, support] = [HEAD, REGISTRAR, SUPPORT].map((email) => people[email]);
  await support.goto(`${base}/console/tickets`);
  await support.click(`a[href="/console/tickets/${ticket}"]`);
  await lookInEveryView(support, base, "console-ticket-submitted");
  await step(support, ticket, "review");
  await step(support, ticket, "ask", { words: "请补充户口本本人页。" });
  assert.equal(await stateOf(support), "待学生补充");
  assert.match(await support.locator(".ticket-clock").innerText(), /现在暂停计算/);
  await page.goto(`${base}/tickets/${ticket}`);
  await lookInEveryView(page, base, "student-ticket-asked");

  // Two days in which nothing counts, since it is the student's turn.
  const usedBefore = await used(support);
  await daysLater(2, student);
  const question = await post.next(post.mails, (one) => one.to === student.email && /\/tickets\/\d+/.test(one.text) && /补充/.test(one.text));
  const answer = reply(question, student.email, WORDS, await scan(row, "户口本"));
  const taken = JSON.parse(run(["mail", "take", "-", "--format", "json"], answer));
  assert.deepEqual(taken, { outcome: "answered", ticket_id: ticket, is_known: false });
  await until(support, ticket, async () => (await support.locator(".evidence-ready").count()) === 2);
  assert.equal(await stateOf(support), "处理中");
  assert.ok((await used(support)) - usedBefore <= 1, "the clock stood while the student was asked");
  assert.equal(await support.locator(".talk-student .talk-body", { hasText: "原始邮件" }).count(), 0, "what was quoted is no answer");

  await open(registrar, ticket);
  await registrar.click("details.ticket-act:has(form[action$='/proposals']) > summary");
  await registrar.selectOption("form[action$='/proposals'] [name=field]", "name");
  await registrar.fill("form[action$='/proposals'] [name=value]", RENAMED);
  await Promise.all([registrar.waitForNavigation(), registrar.click("details.ticket-act form[action$='/proposals'] button")]);
  await lookInEveryView(registrar, base, "console-ticket-proposed");
  await step(registrar, ticket, "approve");
  assert.match(await registrar.locator("main").innerText(), /要由另一个人批准/);
  await step(admin, ticket, "approve");
  assert.equal(await stateOf(admin), "已告知");
  await lookInEveryView(admin, base, "console-ticket-done");
  await post.next(post.mails, (one) => one.to === student.email && /办结|处理完/.test(one.text));
  await page.goto(`${base}/tickets/${ticket}`);
  await lookInEveryView(page, base, "student-ticket-done");
  await page.goto(`${base}/home`);
  assert.match(await page.locator("main").innerText(), new RegExp(`^${RENAMED[0]}.*等你校对`, "s"), "record and photo are theirs under the new name");
});

test("a wrong photo: a second ticket goes up in the first, the photo is refused and taken again", async () => {
  const { page, email, row } = await newStudent();
  const [registrar, support] = [people[REGISTRAR], people[SUPPORT]];
  await page.goto(`${base}/home`);
  await page.click("a[href^='/proof/'] >> nth=0");
  await page.click("a[href*='dispute?subject=photo']");
  await page.check("input[name=reason][value=not-me]");
  await page.click("form[action$='/verdict'] button");
  await page.waitForURL("**/tickets/*?done=disputed");
  const first = numberOf(page.url());
  await page.goto(`${base}/tickets/new?kind=other`);
  await page.fill("#words", "照片不是我。");
  await page.click("main form.stack button");
  await page.waitForURL("**/tickets/*?done=opened");
  const second = numberOf(page.url());

  await open(support, second);
  await support.click("details.ticket-act:has([name=into]) > summary");
  await support.fill("[name=into]", String(first));
  await Promise.all([support.waitForNavigation(), support.click("form:has([name=into]) button")]);
  await open(support, second);
  assert.equal(await stateOf(support), "已并入");
  await lookInEveryView(support, base, "console-ticket-merged");
  await step(support, first, "review");
  assert.match(await support.locator("main").innerText(), /照片不是我。/, "what was said there goes along");
  await open(registrar, first);
  await lookInEveryView(registrar, base, "console-ticket-photo");
  await step(registrar, first, "approve");
  assert.equal(await stateOf(registrar), "已告知");
  await registrar.goto(`${base}/console/recaptures`);
  assert.match(await registrar.locator("main").innerText(), new RegExp(row.学号));
  await post.next(post.mails, (one) => one.to === email && new RegExp(`/tickets/${first}`).test(one.text) && /办结|处理完/.test(one.text));
  await page.goto(`${base}/home`);
  assert.match(await page.locator("main").innerText(), /重拍/);
  await page.goto(`${base}/tickets/${second}`);
  await lookInEveryView(page, base, "student-ticket-merged");
});

test("what is late is said to the office, and stands still with another body", async () => {
  const asker = await newStudent();
  const { page } = asker;
  const admin = people[HEAD];
  await page.goto(`${base}/tickets/new?kind=other`);
  await page.fill("#words", "想问离校以后怎么办。");
  await page.click("main form.stack button");
  await page.waitForURL("**/tickets/*?done=opened");
  const late = numberOf(page.url());
  await daysLater(7, asker);
  await post.next(post.mails, (one) => one.to === HEAD && /console\/tickets/.test(one.text));
  await admin.goto(`${base}/console/tickets?band=ended`);
  await admin.focus("tbody tr:first-child a");
  await admin.keyboard.press("ArrowDown");
  await admin.keyboard.press("x");
  assert.equal(await admin.locator("tbody tr:nth-child(2) input[type=checkbox]").isChecked(), true, "arrows and x work in a list");
  await admin.goto(`${base}/console/tickets?band=overdue`);
  assert.equal(await admin.locator(`a[href="/console/tickets/${late}"]`).count(), 1);
  await lookInEveryView(admin, base, "console-tickets-overdue");
  await open(admin, late);
  await lookInEveryView(admin, base, "console-ticket-overdue");
  await page.goto(`${base}/tickets/${late}`);
  await lookInEveryView(page, base, "student-ticket-overdue");
  await step(admin, late, "escalate", { body: "province", words: "已转省教育厅。" });
  assert.equal(await stateOf(admin), "已转外部");
  const before = await used(admin);
  await daysLater(3, asker);
  await open(admin, late);
  assert.ok((await used(admin)) - before <= 1);
  await admin.goto(`${base}/console/tickets/statistics`);
  await lookInEveryView(admin, base, "console-tickets-statistics-filled");
});

// Columns of text that workers and people of the operations read.
const READABLE = `
import json, sqlite3, sys
rows = sqlite3.connect(sys.argv[1])
tables = {"jobs": "payload", "notices": "parameters", "notice_deliveries": "fault", "webhook_deliveries": "*", "audit_entries": "*"}
said = [str(row) for name, column in tables.items() for row in rows.execute(f"SELECT {column} FROM {name}")]
said += [str(row) for row in rows.execute("SELECT last_error FROM jobs")]
json.dump(said, sys.stdout)
`;

test("nothing that was written anywhere has a name, a number, a word or a byte of a scan", async () => {
  program.kill("SIGTERM");
  await once(program, "exit");
  log.end();
  await once(log, "finish");
  const file = join(folder, "demo/rollproof.db");
  const read = spawnSync("python3", ["-c", READABLE, file], { encoding: "utf8", maxBuffer: 256 << 20 });
  assert.equal(read.status, 0, read.stderr);
  const places = {
    logs: await readFile(join(folder, "log"), "utf8"),
    mails: post.mails.map((mail) => mail.raw + mail.text).join("\n"),
    messages: JSON.stringify(post.messages),
    jobs: JSON.parse(read.stdout).join("\n"),
  };
  for (const [place, text] of Object.entries(places)) assert.ok(text.length > 1000 || place === "messages", `${place} were kept`);
  const { row } = student;
  const bytes = scans.flatMap((one) => {
    const part = one.subarray(one.length / 2, one.length / 2 + 24);
    return [part.toString("base64").slice(2, 30), part.toString("hex"), part.toString("latin1")];
  });
  for (const secret of [row.姓名, row.证件号码, RENAMED, WORDS.slice(0, 8), ...bytes]) {
    for (const [place, text] of Object.entries(places)) {
      assert.ok(!text.includes(secret), `${place}: ${secret} after ${text.slice(Math.max(0, text.indexOf(secret) - 120), text.indexOf(secret))}`);
    }
  }
  const database = (await readFile(file)).toString("latin1");
  for (const secret of [row.证件号码, ...bytes]) assert.ok(!database.includes(secret), "the database has it in the open");
});
