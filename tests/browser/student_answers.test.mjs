// What students are told, and what they answer, on a telephone and at a desk: the windows, every category, disputes, the lookup, recovery.
//
//   node --test tests/browser/student_answers.test.mjs          after cargo build --bins --examples

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { inspect, inspectInBothSizes, look, SIZES } from "./house.mjs";
import { PASSWORD, register, sum, Visitor } from "./student.mjs";
import { freeNumber, StudentHouse } from "./student_house.mjs";

const texts = await readFile(new URL("../../domain/locales/student.zh-CN.ftl", import.meta.url), "utf8");
const words = (key) => new RegExp(`^${key} = (.*)$`, "m").exec(texts)[1];

let house;
let base;
let post;

before(async () => {
  house = await StudentHouse.open();
  ({ base, post } = house);
});

after(() => house?.close());

test("a photo without an owner is found, looked at, confirmed twice and then judged", async () => {
  const visitor = await house.register(house.double());
  const numbers = [...visitor.page.matchAll(/href="\/proof\/(\d+)"/g)].map((found) => found[1]);
  assert.equal(numbers.length, 2, "专科 and 本科 apart");
  const context = await house.window({}, visitor);
  const page = await context.newPage();
  await page.goto(`${base}/proof/${numbers[0]}`);
  await inspectInBothSizes(page, "student-window-1");
  await page.click("form[action$='/search'] button");
  await page.waitForURL("**/candidate/*");
  await inspectInBothSizes(page, "student-window-2");
  await page.click("button[value=confirm]");
  await page.waitForSelector("button[value=sure]");
  await inspectInBothSizes(page, "student-window-3");
  await page.click("button[value=sure]");
  await page.waitForSelector("button[value=take]");
  await inspectInBothSizes(page, "student-window-4");
  await page.click("button[value=take]");
  await page.waitForURL("**done=claimed");
  await inspectInBothSizes(page, "student-window-5");
  assert.equal(await page.locator("button[value=confirmed]").count(), 2, "photo and data wait for a verdict");
  // The other enrolment learns where the photo is, and cannot have it as well.
  await visitor.send(`/proof/${numbers[1]}`, {}, `/proof/${numbers[1]}/search`);
  assert.ok(!visitor.path.includes("candidate"));
  await page.goto(`${base}/home`);
  assert.ok((await page.content()).includes(words("reason-other-enrolment")));
  await inspectInBothSizes(page, "student-home-other-enrolment");
  await context.close();
});

test("every category is told with its reason, its code and who acts next", async () => {
  const delivered = new Set(house.report.photos.map((one) => one.student_no));
  const missing = new Set(house.report.missing.map((one) => one.student_no).filter((number) => !delivered.has(number)));
  const left = house.left();
  const has = (...codes) => (one) => one.findings.some((finding) => codes.includes(finding.code));
  const inReview = (...codes) => house.withPhoto((one) => one.verdict === "review" && has(...codes)(one))[0];
  const closed = house.inStatus("毕业")[0];
  const cases = [
    ["awaiting", "A", "student", house.clean(1)],
    ["not-captured", "C1", "student", house.plain([...missing])[0]],
    ["in-review", "C1", "school", inReview("BG", "LIGHT", "BLUR", "EDGE")],
    ["data-mismatch", "C2", "college", inReview("NAME")],
    ["duplicate", "G", "school", inReview("DUP", "MIRROR")],
    ["rejected", "H", "student", house.withPhoto((one) => one.verdict === "rejected" && one.recapture)[0]],
    ["too-old", "F", "student", house.withPhoto((one) => one.verdict === "matched" && has("OLD")(one))[0]],
    ["closed-without-photo", "B", "school", closed],
    ["identity-check", "E", "college", house.flagged()],
    ["not-in-roll", "D1", "college", { 姓名: "周新民", 证件号码: freeNumber(1) }],
    ["prior-credential", "D3", "student", { 姓名: "吴升学", 证件号码: freeNumber(2) }],
    ["prior-credential", "D3", "student", left, "student-home-left-and-admitted"],
    ["unknown", "D1", "college", { 姓名: "郑无名", 证件号码: freeNumber(3) }],
    ["other-name", "D2", "student", { ...house.clean(2), 姓名: "错名字" }],
  ];
  for (const [reason, category, actor, row, name = `student-home-${reason}`] of cases) {
    assert.ok(row, `the demonstration has a student for ${reason}`);
    const visitor = await house.register(row);
    const card = visitor.page.split("<section").find((part) => part.includes(words(`reason-${reason}`)));
    assert.ok(card, `${reason} is told: ${visitor.page}`);
    for (const said of [words(`reason-${reason}-text`), `<dd>${category}</dd>`, `<dd>${words(`actor-${actor}`)}`]) {
      assert.ok(card.includes(said), `${reason} says ${said}: ${card}`);
    }
    // Whoever waits for somebody, or has to come, learns whom to ask, and where.
    if (reason !== "awaiting") assert.match(card, /href="tel:\d+"/, reason);
    assert.equal(card.includes("图书馆一楼"), ["not-captured", "rejected", "too-old"].includes(reason), reason);
    const context = await house.window({}, visitor);
    const page = await context.newPage();
    await page.goto(`${base}/home`);
    await inspectInBothSizes(page, name);
    await context.close();
  }
});

for (const viewport of SIZES) {
  test(`a wrong photo and wrong data are reported with a reason, each apart: ${viewport.width} px`, async () => {
    const visitor = await house.register(house.clean(viewport.width === 390 ? 4 : 5));
    const number = /href="\/proof\/(\d+)"/.exec(visitor.page)[1];
    const context = await house.window({ viewport }, visitor);
    const page = await context.newPage();
    await look(page, `${base}/proof/${number}/dispute?subject=photo`, `student-dispute-photo-${viewport.width}`);
    await page.click("input[value=not-me]");
    await page.click("main form.stack button");
    await page.waitForURL(/\/tickets\/\d+\?done=disputed$/);
    await inspect(page, `student-dispute-photo-done-${viewport.width}`);
    await look(page, `${base}/proof/${number}/dispute?subject=roll`, `student-dispute-roll-${viewport.width}`);
    await page.click("input[value=person]");
    await page.fill("#remark", "民族应为汉族");
    await page.click("main form.stack button");
    await page.waitForURL(/\/tickets\/\d+\?done=disputed$/);
    await look(page, `${base}/proof/${number}`, `student-disputed-${viewport.width}`);
    assert.equal(await page.locator("button[value=confirmed]").count(), 0, "both verdicts are given");
    await look(page, `${base}/proof/${number}/paper`, `student-paper-${viewport.width}`);
    await context.close();
  });
}

test("a verdict wants a reason, is given once, and of one's own photo alone", async () => {
  const visitor = await house.register(house.clean(9));
  const number = /href="\/proof\/(\d+)"/.exec(visitor.page)[1];
  assert.equal(await visitor.send(`/proof/${number}/dispute?subject=photo`, {}, `/proof/${number}/verdict`), 422);
  await visitor.submit(`/proof/${number}/verdict`, { reason: "not-me" });
  assert.match(visitor.path, /^\/tickets\/\d+\?done=disputed$/);
  // What was given once is refused the second time, from another window that was open before.
  await visitor.ask(`/proof/${number}`);
  const csrf = /name="csrf" value="([^"]+)"/.exec(visitor.page)[1];
  const status = await visitor.ask(`/proof/${number}/verdict`, {
    method: "POST",
    body: new URLSearchParams({ csrf, subject: "photo", version: "1", verdict: "confirmed" }),
    headers: { "sec-fetch-site": "same-origin" },
  });
  assert.equal(status, 409);
  assert.equal(await visitor.ask("/proof/999999"), 404);
});

// The form of a page that asks a sum, filled in and sent.
async function fillIn(page, path, fields) {
  await page.goto(`${base}${path}?captcha=question`);
  for (const [id, value] of Object.entries(fields)) await page.fill(`#${id}`, value);
  await page.fill("#captcha", sum(await page.content()));
  await page.click("main form.stack button");
  await page.waitForLoadState("networkidle");
}

test("the lookup says the same of an unknown number and of a wrong name", async () => {
  const row = house.clean(6);
  const context = await house.window({});
  const page = await context.newPage();
  for (const [name, number, standing] of [[row.姓名, row.证件号码, 1], ["郑无名", freeNumber(4), 0], ["错名字", row.证件号码, 0]]) {
    await fillIn(page, "/lookup", { name, id_number: number });
    assert.equal(await page.locator(".standing-ready").count(), standing);
    const shown = await page.content();
    assert.ok(!shown.includes(row.姓名) && !shown.includes(row.证件号码), "nothing of it is shown");
    await inspectInBothSizes(page, `student-lookup-${standing === 1 ? "ready" : "nothing"}`);
  }
  await context.close();
  const visitor = new Visitor(base);
  const ask = async (name, number) => {
    assert.equal(await visitor.send("/lookup?captcha=question", { name, id_number: number }), 200);
    return visitor.page;
  };
  assert.equal(await ask("郑无名", freeNumber(4)), await ask("错名字", row.证件号码));
  const left = house.left();
  const told = (await ask(left.姓名, left.证件号码)).match(/standing-attention/g);
  assert.equal(told?.length, 2, "the enrolment that has ended, and the one that is missing");
});

for (const viewport of SIZES) {
  test(`a lost name and a lost password are found again: ${viewport.width} px`, async () => {
    const known = house.account(house.clean(viewport.width === 390 ? 7 : 8));
    await register(base, post, known);
    const context = await house.window({ viewport });
    const page = await context.newPage();
    const name = (what) => `student-recovery-${what}-${viewport.width}`;
    await fillIn(page, "/find-name", { name: known.name, id_number: known.number });
    await page.waitForSelector("text=s***@mail.example");
    await inspect(page, name("name"));
    await fillIn(page, "/find-password", { email: known.email });
    await page.waitForSelector(".message-done");
    await inspect(page, name("sent"));
    const link = await post.link(known.email, "reset");
    await look(page, base + link, name("reset"));
    await page.fill("#password", "Another-Pass-9");
    await page.fill("#repeat", "Another-Pass-9");
    await page.click("main form.stack button");
    await page.waitForURL("**/login?notice=password-set");
    await inspect(page, name("login"));
    assert.equal((await page.goto(base + link)).status(), 410, "a link is good once");
    await inspect(page, name("dead"));
    await fillIn(page, "/login", { login: known.email, password: PASSWORD });
    await page.waitForSelector("#problem");
    await inspect(page, name("refused"));
    await fillIn(page, "/login", { login: known.email, password: "Another-Pass-9" });
    await page.waitForURL("**/home");
    await page.goto(`${base}/account`);
    await page.fill("form[action='/account/address'] input[type=email]", `elsewhere-${viewport.width}@mail.example`);
    await page.click("form[action='/account/address'] button");
    await look(page, base + (await post.link(`elsewhere-${viewport.width}@mail.example`, "address")), name("address"));
    await page.click("main form button");
    await page.waitForLoadState("networkidle");
    await fillIn(page, "/login", { login: `elsewhere-${viewport.width}@mail.example`, password: "Another-Pass-9" });
    await page.waitForURL("**/home");
    await context.close();
  });
}

test("a network that asks too often is braked, and no other", async () => {
  for (const [path, most] of [["/lookup", 120], ["/console/login", 10]]) {
    const visitor = new Visitor(base);
    await visitor.ask(path);
    const csrf = /name="csrf" value="([^"]+)"/.exec(visitor.page)[1];
    const fields = { csrf, name: "", id_number: "", captcha_token: "", captcha: "", email: "nobody@school.example", password: "wrong" };
    const ask = (network) =>
      visitor.ask(path, {
        method: "POST",
        body: new URLSearchParams(fields),
        headers: { "sec-fetch-site": "same-origin", "x-forwarded-for": network },
      });
    for (let times = 0; times < most; times += 1) assert.notEqual(await ask("198.51.100.7"), 429);
    assert.equal(await ask("198.51.100.7"), 429);
    assert.notEqual(await ask("203.0.113.7"), 429);
  }
});
