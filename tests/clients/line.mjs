// A bad line: passes bytes on between a client and the server, and tells how many have gone up so far. It can be cut.

import { createServer, connect } from "node:net";
import { once } from "node:events";

export class Line {
  // `onBytes` is called with the sum of all bytes that clients sent.
  static async open(port, onBytes) {
    const line = new Line();
    line.sent = 0;
    line.ends = new Set();
    line.server = createServer((client) => {
      if (line.isDown) {
        client.destroy();
        return;
      }
      const upstream = connect(port, "127.0.0.1");
      for (const [one, other] of [[client, upstream], [upstream, client]]) {
        line.ends.add(one);
        one.on("error", () => other.destroy());
        one.on("close", () => { line.ends.delete(one); other.destroy(); });
      }
      upstream.pipe(client);
      client.pipe(upstream);
      client.on("data", (bytes) => {
        line.sent += bytes.length;
        onBytes(line.sent);
      });
    });
    line.server.listen(0, "127.0.0.1");
    await once(line.server, "listening");
    line.base = `http://127.0.0.1:${line.server.address().port}`;
    return line;
  }

  cut() {
    for (const end of this.ends) end.destroy();
  }

  // Cut, and no connection comes through until it is mended.
  goDown() {
    this.isDown = true;
    this.cut();
  }

  mend() {
    this.isDown = false;
  }

  async close() {
    this.cut();
    this.server.close();
    await once(this.server, "close");
  }
}
