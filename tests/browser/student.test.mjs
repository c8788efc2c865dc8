// The students' pages in a real browser, with the mails of a real mail server: registration, lookup, both verdicts, every category.
//
//   node --test tests/browser/student.test.mjs          after cargo build --bins --examples

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { freePort, look, openBrowser, SCREENSHOTS, untilServed, VIEWS } from "./house.mjs";
import { Post } from "./post.mjs";
import { matched, PASSWORD, plain, readRoll, register, sum, Visitor } from "./student.mjs";

const BINARY = new URL("../../target/debug/rollproof", import.meta.url).pathname;
const SCHOOL = "99001";

let folder;
let base;
let post;
let program;
let browser;
let roll;
let report;
let used = 0;

function environment() {
  const all = { ...process.env, ...post.environment, ROLLPROOF_DATA_DIR: folder, ROLLPROOF_LOG: "warn" };
  delete all.ROLLPROOF_DATABASE_URL;
  return all;
}

function run(words, dataDir = join(folder, "demo")) {
  const env = { ...environment(), ROLLPROOF_DATA_DIR: dataDir };
  const done = spawnSync(BINARY, words, { cwd: folder, env, encoding: "utf8", maxBuffer: 64 << 20 });
  assert.ok([0, 3].includes(done.status), `${words.join(" ")}: ${done.stderr}`);
  return done.stdout;
}

before(async () => {
  await mkdir(SCREENSHOTS, { recursive: true });
  folder = await mkdtemp(join(tmpdir(), "rollproof-student-"));
  post = await Post.open();
  report = JSON.parse(run(["demo", "--students", "200", "--exit", "--format", "json"], folder)).report;
  roll = await readRoll(join(folder, "demo/files/roll.csv"));
  await importWhatIsKnownElsewhere();
  base = `http://127.0.0.1:${await freePort()}`;
  program = spawn(BINARY, ["serve", "--listen", base.slice(7)], {
    cwd: folder,
    env: { ...environment(), ROLLPROOF_DATA_DIR: join(folder, "demo"), ROLLPROOF_PUBLIC_URL: base },
    stdio: ["ignore", "ignore", "inherit"],
  });
  await untilServed(base);
  browser = await openBrowser();
});

after(async () => {
  await browser?.close();
  if (program) {
    program.kill("SIGTERM");
    await once(program, "exit");
  }
  await post?.close();
  await rm(folder, { recursive: true, force: true });
});

// A number that is right and that nobody of the roll has.
function freeNumber(nth) {
  const body = `1101011999010${String(1000 + nth).slice(0, 4)}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const total = [...body].reduce((so_far, digit, place) => so_far + Number(digit) * weights[place], 0);
  return body + "10X98765432"[total % 11];
}

// Somebody whose photo fits two enrolments, so that it belongs to neither before its student says so.
function double() {
  const several = report.photos.find((one) => one.findings.some((finding) => finding.code === "MULTIROLL"));
  const number = /\d{17}[\dX]/.exec(several.entry)[0];
  return roll.find((row) => row.证件号码 === number);
}

const FLAGGED = () => plain(roll, matched(report))[3];

// 身份核验 of one student, and admission data of two whom the roll does not have.
async function importWhatIsKnownElsewhere() {
  const flagged = FLAGGED();
  const checks = join(folder, "checks.csv");
  await writeFile(checks, `院校代码,学号,姓名,备注\n${SCHOOL},${flagged.学号},${flagged.姓名},身份核验未通过\n`);
  run(["roll", "import", checks, "--kind", "identity-check"]);
  const admitted = join(folder, "admitted.csv");
  const rows = [["25110100000001", "周新民", freeNumber(1), "本科"], ["25110100000002", "吴升学", freeNumber(2), "专升本"]];
  const lines = rows.map(([exam, name, number, level]) => `${exam},${name},${number},${SCHOOL},${level}`);
  await writeFile(admitted, `考生号,姓名,证件号码,院校代码,层次\n${lines.join("\n")}\n`);
  run(["roll", "import", admitted, "--kind", "admission"]);
}

function photosWith(fits) {
  return report.photos.filter((one) => one.student_no && fits(one)).map((one) => one.student_no);
}

function account(row, name = row.姓名) {
  used += 1;
  return { name, number: row.证件号码, email: `s${used}@mail.example`, phone: `1380000${String(1000 + used)}` };
}

const has = (...codes) => (one) => one.findings.some((finding) => codes.includes(finding.code));

for (const viewport of [{ width: 390, height: 844 }, { width: 1440, height: 900 }]) {
  test(`an account is made from a mail and a message, and the photo is confirmed: ${viewport.width} px`, async () => {
    const row = plain(roll, matched(report))[viewport.width === 390 ? 0 : 11];
    const { name, number, email, phone } = account(row);
    const context = await browser.newContext({ viewport, bypassCSP: true });
    const page = await context.newPage();
    await look(page, base, `student-front-${viewport.width}`);
    await page.click("a[href='/register'] >> nth=0");
    await page.click("a[href='/register?captcha=question']");
    await page.fill("#email", email);
    await page.fill("#password", "password");
    await page.fill("#repeat", "password");
    await page.fill("#captcha", sum(await page.content()));
    await page.click("main form.stack button");
    await page.waitForSelector("#problem");
    await page.fill("#password", PASSWORD);
    await page.fill("#repeat", PASSWORD);
    await page.goto(`${base}/register?captcha=question`);
    await page.fill("#email", email);
    await page.fill("#password", PASSWORD);
    await page.fill("#repeat", PASSWORD);
    await page.fill("#captcha", sum(await page.content()));
    await page.click("main form.stack button");
    await page.waitForSelector("a[href='/activate']");
    await page.screenshot({ path: `${SCREENSHOTS}student-${viewport.width}-sent.png`, fullPage: true });
    const link = await post.link(email, "activate");
    // A scanner of mail opens the link before its owner does, and nothing happens.
    await fetch(base + link);
    await page.goto(`${base}/activate`);
    await page.fill("#link", base + link);
    await page.click("main form button");
    await page.waitForURL(`**${link}`);
    await page.screenshot({ path: `${SCREENSHOTS}student-${viewport.width}-activate.png`, fullPage: true });
    await page.fill("#password", PASSWORD);
    await page.click("main form button");
    await page.waitForURL("**/register/identity");
    await page.fill("#name", name);
    await page.fill("#id_number", number);
    assert.match(await page.locator("[data-birth]").innerText(), new RegExp(`${number.slice(6, 10)}-`));
    await page.selectOption("#region", "湖北");
    await page.fill("#phone", phone);
    await page.screenshot({ path: `${SCREENSHOTS}student-${viewport.width}-identity.png`, fullPage: true });
    await page.click("main form.stack button");
    await page.waitForURL("**/register/phone");
    await page.fill("#code", await post.code(phone));
    await page.click("main form.stack button");
    await page.waitForURL("**/register/confirm");
    await page.screenshot({ path: `${SCREENSHOTS}student-${viewport.width}-confirm.png`, fullPage: true });
    await page.click("button[value=yes]");
    await page.waitForURL("**/register/done");
    await page.screenshot({ path: `${SCREENSHOTS}student-${viewport.width}-done.png`, fullPage: true });
    await page.click("a[href='/register/done?stay=1']");
    assert.equal(await page.locator("meta[http-equiv=refresh]").count(), 0, "the way on can be stopped");
    await page.goto(`${base}/login?captcha=question`);
    await page.fill("#login", phone);
    await page.fill("#password", PASSWORD);
    await page.fill("#captcha", sum(await page.content()));
    await page.click("main form.stack button");
    await page.waitForURL("**/home");
    await page.click("main .enrolment a.button");
    await page.waitForSelector("img[width='480']");
    const isShown = await page.locator("img[width='480']").evaluate((image) => image.complete && image.naturalWidth > 0);
    assert.ok(isShown, "the photo is shown");
    await page.screenshot({ path: `${SCREENSHOTS}student-${viewport.width}-proof.png`, fullPage: true });
    await page.click("button[value=confirmed] >> nth=0");
    await page.waitForURL("**done=photo-confirmed");
    await page.click("button[value=confirmed]");
    await page.waitForURL("**done=roll-confirmed");
    assert.equal(await page.locator("button[value=confirmed]").count(), 0, "a verdict is given once");
    await page.screenshot({ path: `${SCREENSHOTS}student-${viewport.width}-confirmed.png`, fullPage: true });
    await context.close();
  });
}

test("a photo without an owner is found, looked at, confirmed twice and then judged", async () => {
  const visitor = await register(base, post, account(double()));
  const numbers = [...visitor.page.matchAll(/href="\/proof\/(\d+)"/g)].map((found) => found[1]);
  assert.equal(numbers.length, 2, "专科 and 本科 apart");
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, bypassCSP: true });
  await context.addCookies([...visitor.cookies].map(([name, value]) => ({ name, value, url: base })));
  const page = await context.newPage();
  await look(page, `${base}/proof/${numbers[0]}`, "student-window-1");
  await page.click("form[action$='/search'] button");
  await page.waitForURL("**/candidate/*");
  await look(page, page.url(), "student-window-2");
  await page.click("button[value=confirm]");
  await page.waitForSelector("button[value=sure]");
  await page.screenshot({ path: `${SCREENSHOTS}student-window-3.png`, fullPage: true });
  await page.click("button[value=sure]");
  await page.waitForSelector("button[value=take]");
  await page.screenshot({ path: `${SCREENSHOTS}student-window-4.png`, fullPage: true });
  await page.click("button[value=take]");
  await page.waitForURL("**done=claimed");
  await page.screenshot({ path: `${SCREENSHOTS}student-window-5.png`, fullPage: true });
  assert.equal(await page.locator("button[value=confirmed]").count(), 2, "photo and data wait for a verdict");
  // The other enrolment learns where the photo is, and cannot have it as well.
  await visitor.send(`/proof/${numbers[1]}`, {}, `/proof/${numbers[1]}/search`);
  assert.ok(!visitor.path.includes("candidate"));
  await context.close();
});

test("every category is told with its reason and who acts next", async () => {
  const clean = plain(roll, matched(report));
  const delivered = new Set(report.photos.map((one) => one.student_no));
  const status = (word) => roll.filter((row) => row.学籍状态 === word).map((row) => row.学号);
  const cases = [
    ["awaiting", clean[1]],
    ["not-captured", plain(roll, report.missing.map((one) => one.student_no).filter((one) => !delivered.has(one)))[0]],
    ["in-review", plain(roll, photosWith((one) => one.verdict === "review" && has("BG", "LIGHT", "BLUR", "EDGE")(one)))[0]],
    ["data-mismatch", plain(roll, photosWith((one) => one.verdict === "review" && has("NAME")(one)))[0]],
    ["duplicate", plain(roll, photosWith((one) => one.verdict === "review" && has("DUP", "MIRROR")(one)))[0]],
    ["rejected", plain(roll, photosWith((one) => one.verdict === "rejected" && one.recapture))[0]],
    ["too-old", plain(roll, photosWith((one) => one.verdict === "matched" && has("OLD")(one)))[0]],
    ["closed-without-photo", plain(roll, status("毕业"))[0]],
    ["identity-check", FLAGGED()],
    ["not-in-roll", { 姓名: "周新民", 证件号码: freeNumber(1) }],
    ["prior-credential", { 姓名: "吴升学", 证件号码: freeNumber(2) }],
    ["unknown", { 姓名: "郑无名", 证件号码: freeNumber(3) }],
    ["other-name", { ...clean[2], 姓名: "错名字" }],
  ];
  const texts = await readFile(new URL("../../domain/locales/student.zh-CN.ftl", import.meta.url), "utf8");
  for (const [reason, row] of cases) {
    assert.ok(row, `the demonstration has a student for ${reason}`);
    const visitor = await register(base, post, account(row));
    const words = new RegExp(`^reason-${reason} = (.*)$`, "m").exec(texts)[1];
    assert.ok(visitor.page.includes(words), reason);
    await picture(visitor, "/home", `student-home-${reason}`);
  }
});

// A page as a signed-in visitor sees it on a telephone, looked at in Chromium.
async function picture(visitor, path, name) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, bypassCSP: true });
  const cookies = [...visitor.cookies].map(([key, value]) => ({ name: key, value, url: base }));
  await context.addCookies(cookies);
  await look(await context.newPage(), base + path, name);
  await context.close();
}

test("a wrong photo is reported with a reason, and data apart from it", async () => {
  const row = plain(roll, matched(report))[4];
  const visitor = await register(base, post, account(row));
  const number = /href="\/proof\/(\d+)"/.exec(visitor.page)[1];
  await picture(visitor, `/proof/${number}/dispute?subject=photo`, "student-dispute");
  assert.equal(await visitor.send(`/proof/${number}/dispute?subject=photo`, {}, `/proof/${number}/verdict`), 422);
  await visitor.submit(`/proof/${number}/verdict`, { reason: "not-me" });
  assert.match(visitor.page, /message-done/);
  assert.match(visitor.path, /^\/tickets\/\d+\?done=disputed$/);
  // What was given once is refused the second time, from another window that was open before.
  await visitor.ask(`/proof/${number}`);
  const csrf = /name="csrf" value="([^"]+)"/.exec(visitor.page)[1];
  const again = new URLSearchParams({ csrf, subject: "photo", version: "1", verdict: "confirmed" });
  const status = await visitor.ask(`/proof/${number}/verdict`, {
    method: "POST",
    body: again,
    headers: { "sec-fetch-site": "same-origin" },
  });
  assert.equal(status, 409);
  assert.equal(await visitor.ask("/proof/999999"), 404);
});

for (const width of [390, 1440]) {
  test(`a correction is asked for, added to, taken back and taken up again: ${width} px`, async () => {
    const row = plain(roll, matched(report))[width === 390 ? 12 : 13];
    const visitor = await register(base, post, account(row));
    // No page of corrections takes a script.
    const context = await browser.newContext({ viewport: { width, height: 844 }, javaScriptEnabled: false });
    await context.addCookies([...visitor.cookies].map(([name, value]) => ({ name, value, url: base })));
    const page = await context.newPage();
    const keep = (what) => page.screenshot({ path: `${SCREENSHOTS}student-correction-${width}-${what}.png`, fullPage: true });
    await page.goto(`${base}/home`);
    await page.click(".places a[href='/tickets']");
    await page.click("main a[href='/tickets/new']");
    await page.click("a[href='/tickets/new?kind=photo']");
    await page.fill("#words", "照片是专科时的，不是这次拍的。");
    await page.click("main form.stack button");
    await page.waitForURL("**/tickets/*?done=opened");
    await page.click("summary >> nth=0");
    await keep("handed-in");
    await page.fill("#message", "这次是三月二号拍的。");
    await page.click("form[action$='/messages'] button");
    await page.waitForURL("**done=message");
    await page.click("summary:has-text('撤回')");
    await page.click("form[action$='/withdraw'] button");
    await page.waitForURL("**done=withdraw");
    await keep("withdrawn");
    await page.click("summary:has-text('重新打开')");
    await page.fill("#reopen", "还是要改。");
    await page.click("form[action$='/reopen'] button");
    await page.waitForURL("**done=reopen");
    await keep("reopened");
    await context.close();
  });
}

test("a correction fits a narrow telephone", async () => {
  const row = plain(roll, matched(report))[14];
  const visitor = await register(base, post, account(row));
  const number = /href="\/proof\/(\d+)"/.exec(visitor.page)[1];
  const context = await browser.newContext({ viewport: { width: 320, height: 640 }, bypassCSP: true });
  await context.addCookies([...visitor.cookies].map(([name, value]) => ({ name, value, url: base })));
  const page = await context.newPage();
  await look(page, `${base}/tickets/new`, "student-correction-320-kinds");
  await look(page, `${base}/tickets/new?kind=roll`, "student-correction-320-new");
  await visitor.send(`/proof/${number}/dispute?subject=photo`, { reason: "not-me" }, `/proof/${number}/verdict`);
  await look(page, base + visitor.path, "student-correction-320-disputed");
  await look(page, `${base}/home`, "student-correction-320-home");
  await context.close();
});

test("the lookup says the same of an unknown number and of a wrong name", async () => {
  const row = plain(roll, matched(report))[5];
  const visitor = new Visitor(base);
  const ask = async (name, number) => {
    assert.equal(await visitor.send("/lookup?captcha=question", { name, id_number: number }), 200);
    return visitor.page;
  };
  const known = await ask(row.姓名, row.证件号码);
  assert.match(known, /standing-ready/);
  assert.ok(!known.includes(row.姓名) && !known.includes(row.证件号码));
  const [unknown, mismatched] = [await ask("郑无名", freeNumber(4)), await ask("错名字", row.证件号码)];
  assert.equal(unknown, mismatched);
  await picture(visitor, "/lookup", "student-lookup");
});

test("a lost name and a lost password are found again", async () => {
  const row = plain(roll, matched(report))[6];
  const known = account(row);
  await register(base, post, known);
  const visitor = new Visitor(base);
  await visitor.send("/find-name?captcha=question", { name: known.name, id_number: known.number });
  assert.ok(visitor.page.includes("s***@mail.example"));
  await visitor.send("/find-password?captcha=question", { email: known.email });
  const link = await post.link(known.email, "reset");
  assert.equal(await visitor.send(link, { password: "Another-Pass-9", repeat: "Another-Pass-9" }), 200);
  assert.equal(visitor.path, "/login?notice=password-set");
  assert.equal(await visitor.ask(link), 410, "a link is good once");
  assert.equal(await visitor.send("/login?captcha=question", { login: known.email, password: PASSWORD }), 422);
  assert.equal(await visitor.send("/login?captcha=question", { login: known.email, password: "Another-Pass-9" }), 200);
  await visitor.send("/account", { email: "elsewhere@mail.example" }, "/account/address");
  const address = await post.link("elsewhere@mail.example", "address");
  await visitor.send(address, {});
  assert.equal(await visitor.send("/login?captcha=question", { login: "elsewhere@mail.example", password: "Another-Pass-9" }), 200);
});

for (const view of VIEWS) {
  test(`every page of students fits and is accessible: ${view.scheme}, ${view.lang}, ${view.width} px`, async () => {
    const row = plain(roll, matched(report))[7 + VIEWS.indexOf(view)];
    const visitor = await register(base, post, account(row));
    const number = /href="\/proof\/(\d+)"/.exec(visitor.page)[1];
    const context = await browser.newContext({
      viewport: { width: view.width, height: 844 },
      colorScheme: view.scheme,
      bypassCSP: true,
    });
    await context.addCookies([{ name: "lang", value: view.lang, url: base }]);
    const page = await context.newPage();
    const name = (what) => `student-${what}-${view.scheme}-${view.lang}-${view.width}`;
    for (const path of ["", "lookup", "register", "login", "find-name", "find-password", "activate", "help"]) {
      await look(page, `${base}/${path}`, name(path || "front"));
    }
    await context.addCookies([...visitor.cookies].map(([key, value]) => ({ name: key, value, url: base })));
    await look(page, `${base}/tickets`, name("tickets-none"));
    await visitor.send("/tickets/new?kind=photo", { record: number, words: "照片是以前的" }, "/tickets");
    const handedIn = visitor.path.slice(1);
    await visitor.send("/tickets/new?kind=roll", { record: number, words: "民族应为汉族" }, "/tickets");
    const draft = visitor.path.slice(1);
    for (const path of ["home", `proof/${number}`, `proof/${number}/dispute?subject=roll`, "notices", "account"]) {
      await look(page, `${base}/${path}`, name(path.replace(/\W+|\d+/g, "-")));
    }
    for (const path of ["tickets", "tickets/new", "tickets/new?kind=roll", handedIn, draft]) {
      await look(page, `${base}/${path}`, name(path === draft ? "tickets-draft" : path.replace(/\W+|\d+/g, "-")));
    }
    await context.close();
  });
}

test("the first page is small and works without scripts", async () => {
  const context = await browser.newContext({ viewport: { width: 320, height: 640 }, javaScriptEnabled: false });
  const page = await context.newPage();
  let bytes = 0;
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  session.on("Network.loadingFinished", ({ encodedDataLength }) => {
    bytes += encodedDataLength;
  });
  await page.goto(base);
  await page.waitForLoadState("networkidle");
  assert.ok(bytes > 0 && bytes < 100 * 1024, `${bytes} bytes`);
  await page.screenshot({ path: `${SCREENSHOTS}student-front-320.png`, fullPage: true });
  await context.close();
});
