// A mail server that remembers who was sent what under which identifier. It can die with every connection it has, and come back on its port.

import { SMTPServer } from "smtp-server";

export class MailServer {
  // With `tls`, a key and a certificate, connections are encrypted after STARTTLS, or from the start where `secure` is set.
  constructor(port, tls = undefined) {
    Object.assign(this, { port, tls, ids: new Map(), students: new Set(), sockets: new Set(), plain: 0, onMail: () => {}, onLeave: () => {} });
  }

  async live() {
    this.server = new SMTPServer({
      disabledCommands: this.tls ? ["AUTH"] : ["STARTTLS", "AUTH"],
      ...this.tls,
      onClose: () => this.onLeave(),
      onData: (stream, session, done) => {
        if (!session.secure) this.plain += 1;
        let raw = "";
        stream.on("data", (chunk) => (raw += chunk));
        stream.on("end", () => {
          const id = /^message-id:\s*(\S+)/im.exec(raw)[1];
          const to = session.envelope.rcptTo[0].address;
          this.ids.set(id, [...(this.ids.get(id) ?? []), to]);
          this.students.add(to);
          done();
          this.onMail();
        });
      },
    });
    this.server.on("error", () => {});
    this.server.server.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
    });
    await new Promise((resolve) => this.server.listen(this.port, "127.0.0.1", resolve));
  }

  async die() {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
