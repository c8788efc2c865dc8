// A student at the other end of plain requests: cookies, forms, puzzles. What takes no eyes is done this way; the pages are walked in Chromium.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

export const PASSWORD = "Mountain-7-river";

// The rows of a roll as the demonstration writes it.
export async function readRoll(file) {
  const [head, ...lines] = (await readFile(file, "utf8")).replace("\ufeff", "").trim().split(/\r?\n/).map((line) => line.split(","));
  return lines.map((line) => Object.fromEntries(head.map((name, place) => [name, line[place]])));
}

// Student numbers of those whose photo is theirs beyond doubt.
export function matched(report) {
  return report.photos.filter((one) => one.student_no && one.verdict === "matched" && one.findings.length === 0).map((one) => one.student_no);
}

// Rows of the roll by student number, of people who can register and have one enrolment.
export function plain(roll, numbers) {
  const times = new Map();
  for (const row of roll) times.set(row.证件号码, (times.get(row.证件号码) ?? 0) + 1);
  const isPlain = (row) => row.证件类型 === "居民身份证" && times.get(row.证件号码) === 1 && /^[\u4e00-\u9fff]{2,4}$/.test(row.姓名);
  return numbers.map((number) => roll.find((row) => row.学号 === number)).filter((row) => row && isPlain(row));
}

// The answer to a question that adds two numbers.
export function sum(html) {
  const label = /<label for="captcha">([^<]*)<\/label>/.exec(html)[1];
  const numbers = label.match(/\d+/g).map(Number);
  return String(numbers[0] + numbers[1]);
}

export class Visitor {
  constructor(base) {
    Object.assign(this, { base, cookies: new Map(), page: "" });
  }

  async ask(path, init = {}) {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await fetch(this.base + path, { redirect: "manual", ...init, headers: { ...init.headers, cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [name, value] = line.split(";")[0].split("=");
      this.cookies.set(name, value);
    }
    const onward = answer.headers.get("location");
    if (onward) {
      await answer.body?.cancel();
      return this.ask(onward);
    }
    this.page = await answer.text();
    this.path = path;
    return answer.status;
  }

  // Opens a page, and sends its form with these fields beside the hidden ones.
  async send(path, fields, action = path.split("?")[0]) {
    await this.ask(path);
    return this.submit(action, fields);
  }

  async submit(action, fields) {
    const form = this.page.split("<form").find((part) => part.includes(`action="${action}"`)) ?? "";
    const body = new URLSearchParams();
    for (const [, name, value] of form.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)) body.append(name, value);
    if (form.includes('name="captcha"')) body.append("captcha", sum(form));
    for (const [name, value] of Object.entries(fields)) body.set(name, value);
    return this.ask(action, {
      method: "POST",
      body,
      headers: { "sec-fetch-site": "same-origin" },
    });
  }
}

// An account from nothing to signed in, by plain requests.
export async function register(base, post, { name, number, email, phone }) {
  const visitor = new Visitor(base);
  assert.equal(await visitor.send("/register?captcha=question", { email, password: PASSWORD, repeat: PASSWORD }), 200);
  const link = await post.link(email, "activate");
  assert.equal(await visitor.send(link, { password: PASSWORD }), 200);
  await visitor.submit("/register/identity", { name, id_number: number, region: "北京", phone });
  assert.equal(visitor.path, "/register/phone", visitor.page);
  await visitor.submit("/register/phone", { code: await post.code(phone) });
  assert.equal(visitor.path, "/register/confirm");
  await visitor.submit("/register/confirm", { answer: "yes" });
  assert.equal(await visitor.send("/login?captcha=question", { login: email, password: PASSWORD }), 200);
  assert.equal(visitor.path, "/home", visitor.page);
  return visitor;
}
