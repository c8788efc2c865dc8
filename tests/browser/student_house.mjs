// A demonstration that students can register at: with a mail server, a telephone, a browser, and what is known elsewhere of some of them.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, openBrowser, SCREENSHOTS, untilServed } from "./house.mjs";
import { Post } from "./post.mjs";
import { matched, plain, readRoll, register } from "./student.mjs";

const BINARY = new URL("../../target/debug/rollproof", import.meta.url).pathname;
const SCHOOL = "99001";

export class StudentHouse {
  static async open() {
    const house = new StudentHouse();
    try {
      await house.furnish();
    } catch (fault) {
      // An open server would keep the tests from ending.
      await house.close();
      throw fault;
    }
    return house;
  }

  async furnish() {
    await mkdir(SCREENSHOTS, { recursive: true });
    this.used = 0;
    this.folder = await mkdtemp(join(tmpdir(), "rollproof-student-"));
    this.post = await Post.open();
    const said = this.run(["demo", "--students", "200", "--exit", "--format", "json"], this.folder);
    this.report = JSON.parse(said).report;
    this.roll = await readRoll(join(this.folder, "demo/files/roll.csv"));
    await this.importWhatIsKnownElsewhere();
    this.base = `http://127.0.0.1:${await freePort()}`;
    this.program = spawn(BINARY, ["serve", "--listen", this.base.slice(7)], {
      cwd: this.folder,
      env: { ...this.environment(), ROLLPROOF_DATA_DIR: join(this.folder, "demo"), ROLLPROOF_PUBLIC_URL: this.base },
      stdio: ["ignore", "ignore", "inherit"],
    });
    await untilServed(this.base);
    this.browser = await openBrowser();
  }

  async close() {
    await this.browser?.close();
    if (this.program) {
      this.program.kill("SIGTERM");
      await once(this.program, "exit");
    }
    await this.post?.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  environment() {
    const all = { ...process.env, ...this.post.environment, ROLLPROOF_DATA_DIR: this.folder, ROLLPROOF_LOG: "warn" };
    delete all.ROLLPROOF_DATABASE_URL;
    return all;
  }

  run(words, dataDir = join(this.folder, "demo")) {
    const env = { ...this.environment(), ROLLPROOF_DATA_DIR: dataDir };
    const done = spawnSync(BINARY, words, { cwd: this.folder, env, encoding: "utf8", maxBuffer: 64 << 20 });
    assert.ok([0, 3].includes(done.status), `${words.join(" ")}: ${done.stderr}`);
    return done.stdout;
  }

  // 身份核验 of one student; admission data of two whom the roll does not have, and of one whose 专科 has ended.
  async importWhatIsKnownElsewhere() {
    const flagged = this.flagged();
    const checks = join(this.folder, "checks.csv");
    await writeFile(checks, `院校代码,学号,姓名,备注\n${SCHOOL},${flagged.学号},${flagged.姓名},身份核验未通过\n`);
    this.run(["roll", "import", checks, "--kind", "identity-check"]);
    const admitted = join(this.folder, "admitted.csv");
    const left = this.left();
    const rows = [
      ["25110100000001", "周新民", freeNumber(1), "本科"],
      ["25110100000002", "吴升学", freeNumber(2), "专升本"],
      ["25110100000003", left.姓名, left.证件号码, "专升本"],
    ];
    const lines = rows.map(([exam, name, number, level]) => `${exam},${name},${number},${SCHOOL},${level}`);
    await writeFile(admitted, `考生号,姓名,证件号码,院校代码,层次\n${lines.join("\n")}\n`);
    this.run(["roll", "import", admitted, "--kind", "admission"]);
  }

  // Somebody whose photo is theirs beyond doubt.
  clean(nth) {
    return plain(this.roll, matched(this.report))[nth];
  }

  plain(numbers) {
    return plain(this.roll, numbers);
  }

  flagged() {
    return this.clean(3);
  }

  // Somebody whose one enrolment, a 专科, has ended.
  left() {
    return this.inStatus("毕业", "结业", "退学").find((row) => row.层次 === "专科");
  }

  inStatus(...words) {
    return plain(this.roll, this.roll.filter((row) => words.includes(row.学籍状态)).map((row) => row.学号));
  }

  // Those of whose photos the report says this.
  withPhoto(fits) {
    return plain(this.roll, this.report.photos.filter((one) => one.student_no && fits(one)).map((one) => one.student_no));
  }

  // Somebody whose photo fits two enrolments, so that it belongs to neither before its student says so.
  double() {
    const several = this.report.photos.find((one) => one.findings.some((finding) => finding.code === "MULTIROLL"));
    const number = /\d{17}[\dX]/.exec(several.entry)[0];
    return this.roll.find((row) => row.证件号码 === number);
  }

  account(row, name = row.姓名) {
    this.used += 1;
    return { name, number: row.证件号码, email: `s${this.used}@mail.example`, phone: `1380000${String(1000 + this.used)}` };
  }

  register(row) {
    return register(this.base, this.post, this.account(row));
  }

  // A window of Chromium, of a visitor where one is given.
  async window(options, visitor) {
    const context = await this.browser.newContext({ bypassCSP: true, ...options });
    const cookies = [...(visitor?.cookies ?? [])].map(([name, value]) => ({ name, value, url: this.base }));
    await context.addCookies(cookies);
    return context;
  }
}

// A number that is right and that nobody of the roll has.
export function freeNumber(nth) {
  const body = `1101011999010${String(1000 + nth).slice(0, 4)}`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const total = [...body].reduce((so_far, digit, place) => so_far + Number(digit) * weights[place], 0);
  return body + "10X98765432"[total % 11];
}
