// Two web servers behind a proxy are restarted in turn while people ask: nobody notices.
//
//   node --test tests/clients/drain.test.mjs          after cargo build --bins; DRAIN_REQUESTS=20000 for the long run

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { Agent, createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { freePort } from "../browser/house.mjs";

const BINARY = new URL("../../target/debug/rollproof", import.meta.url).pathname;
const REQUESTS = Number(process.env.DRAIN_REQUESTS ?? 3000);
const AT_ONCE = 16;

let folder;
let servers;

class Server {
  constructor(port) {
    Object.assign(this, { port, agent: new Agent({ keepAlive: true }), isOpen: false });
  }

  async start() {
    const env = { ...process.env, ROLLPROOF_DATA_DIR: join(folder, "data"), ROLLPROOF_LOG: "error" };
    if (process.env.TEST_DATABASE_URL) env.ROLLPROOF_DATABASE_URL = process.env.TEST_DATABASE_URL;
    const words = ["serve", "--no-worker", "--listen", `127.0.0.1:${this.port}`];
    this.program = spawn(BINARY, words, { cwd: folder, env, stdio: ["ignore", "ignore", "inherit"] });
    for (;;) {
      const isReady = await fetch(`http://127.0.0.1:${this.port}/readyz`).then((answer) => answer.ok, () => false);
      if (isReady) break;
      assert.equal(this.program.exitCode, null, "the server ended");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    this.isOpen = true;
  }

  // As an orchestrator does it: asked to end, and waited for.
  async stop() {
    this.program.kill("SIGTERM");
    const [code] = await once(this.program, "exit");
    assert.equal(code, 0, "an orderly end");
    this.isOpen = false;
    this.agent.destroy();
    this.agent = new Agent({ keepAlive: true });
  }

  ask(path) {
    return new Promise((resolve, reject) => {
      const asked = request({ host: "127.0.0.1", port: this.port, path, agent: this.agent }, (answer) => {
        answer.on("error", (error) => reject(Object.assign(error, { isHalf: true })));
        answer.resume().on("end", () => resolve(answer.complete ? answer.statusCode : 0));
      });
      asked.on("error", reject);
      asked.end();
    });
  }
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), "rollproof-drain-"));
  servers = [new Server(await freePort()), new Server(await freePort())];
  // One after the other: the first makes the database.
  for (const server of servers) await server.start();
});

after(async () => {
  for (const server of servers) if (server.isOpen) await server.stop();
  await rm(folder, { recursive: true, force: true });
});

test("no request is lost while the servers are restarted in turn", async () => {
  const counts = { answered: 0, passedOn: 0, halves: 0, faults: 0 };
  let turn = 0;
  // Passes a request on to the other server where the first takes no more, as proxies do with what was not answered yet.
  async function proxied(path) {
    turn += 1;
    const first = turn % 2;
    for (const server of [servers[first], servers[1 - first]]) {
      try {
        return await server.ask(path);
      } catch (error) {
        if (error.isHalf) counts.halves += 1;
        counts.passedOn += 1;
      }
    }
    return 0;
  }
  const proxy = createServer(async (asked, answer) => {
    answer.statusCode = (await proxied(asked.url)) || 502;
    answer.end();
  });
  await new Promise((resolve) => proxy.listen(0, "127.0.0.1", resolve));
  const base = `http://127.0.0.1:${proxy.address().port}`;
  let left = REQUESTS;
  const asker = async () => {
    while (left > 0) {
      left -= 1;
      const { status } = await fetch(base + ["/", "/lookup", "/healthz"][left % 3]);
      if (status === 200) counts.answered += 1;
      else counts.faults += 1;
    }
  };
  let restarts = 0;
  const restarting = async () => {
    while (left > 0) {
      for (const server of servers) {
        await server.stop();
        await server.start();
        restarts += 1;
      }
    }
  };
  await Promise.all([restarting(), ...Array.from({ length: AT_ONCE }, asker)]);
  proxy.close();
  assert.deepEqual({ answered: counts.answered, faults: counts.faults, halves: counts.halves }, { answered: REQUESTS, faults: 0, halves: 0 });
  assert.ok(restarts >= 2, "both were restarted");
  console.log(`${REQUESTS} requests, ${restarts} restarts, ${counts.passedOn} passed on`);
});
