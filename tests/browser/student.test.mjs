// The students' pages in a real browser, with the mails of a real mail server: registration, corrections, and how every page fits.
//
//   node --test tests/browser/student.test.mjs          after cargo build --bins --examples

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { look, SCREENSHOTS, SIZES, VIEWS } from "./house.mjs";
import { PASSWORD, sum } from "./student.mjs";
import { StudentHouse } from "./student_house.mjs";

let house;
let base;
let post;
let browser;

before(async () => {
  house = await StudentHouse.open();
  ({ base, post, browser } = house);
});

after(() => house?.close());

for (const viewport of SIZES) {
  test(`an account is made from a mail and a message, and the photo is confirmed: ${viewport.width} px`, async () => {
    const row = house.clean(viewport.width === 390 ? 0 : 11);
    const { name, number, email, phone } = house.account(row);
    const context = await house.window({ viewport });
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

for (const width of [390, 1440]) {
  test(`a correction is asked for, added to, taken back and taken up again: ${width} px`, async () => {
    const row = house.clean(width === 390 ? 12 : 13);
    const visitor = await house.register(row);
    // No page of corrections takes a script.
    const context = await house.window({ viewport: { width, height: 844 }, javaScriptEnabled: false }, visitor);
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
  const row = house.clean(14);
  const visitor = await house.register(row);
  const number = /href="\/proof\/(\d+)"/.exec(visitor.page)[1];
  const context = await house.window({ viewport: { width: 320, height: 640 } }, visitor);
  const page = await context.newPage();
  await look(page, `${base}/tickets/new`, "student-correction-320-kinds");
  await look(page, `${base}/tickets/new?kind=roll`, "student-correction-320-new");
  await visitor.send(`/proof/${number}/dispute?subject=photo`, { reason: "not-me" }, `/proof/${number}/verdict`);
  await look(page, base + visitor.path, "student-correction-320-disputed");
  await look(page, `${base}/home`, "student-correction-320-home");
  await context.close();
});

for (const view of VIEWS) {
  test(`every page of students fits and is accessible: ${view.scheme}, ${view.lang}, ${view.width} px`, async () => {
    const row = house.clean(7 + VIEWS.indexOf(view));
    const visitor = await house.register(row);
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
