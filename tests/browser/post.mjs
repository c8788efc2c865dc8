// A real mail server and a gateway for text messages, on this machine: what students are sent arrives here.

import { createServer } from "node:http";
import { SMTPServer } from "smtp-server";

// Undoes what mails do to texts that are not ASCII.
function decode(raw) {
  const [head, ...rest] = raw.split("\r\n\r\n");
  const body = rest.join("\r\n\r\n");
  const encoding = /^content-transfer-encoding:\s*(\S+)/im.exec(head)?.[1].toLowerCase();
  if (encoding === "base64") return Buffer.from(body, "base64").toString("utf8");
  if (encoding !== "quoted-printable") return body;
  const bytes = body.replace(/=\r\n/g, "").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

export class Post {
  constructor() {
    Object.assign(this, { mails: [], messages: [], waiting: [] });
  }

  static async open() {
    const post = new Post();
    post.smtp = new SMTPServer({
      disabledCommands: ["STARTTLS", "AUTH"],
      onData: (stream, session, done) => {
        const chunks = [];
        stream.on("data", (chunk) => chunks.push(chunk));
        stream.on("end", () => {
          const raw = Buffer.concat(chunks).toString("latin1");
          const id = /^message-id:\s*(\S+)/im.exec(raw)?.[1];
          post.mails.push({ to: session.envelope.rcptTo[0].address, id, raw, text: decode(raw) });
          done();
          post.tell();
        });
      },
    });
    await new Promise((resolve) => post.smtp.listen(0, "127.0.0.1", resolve));
    post.gateway = createServer(async (request, response) => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      post.messages.push(JSON.parse(Buffer.concat(chunks)));
      response.end("{}");
      post.tell();
    });
    await new Promise((resolve) => post.gateway.listen(0, "127.0.0.1", resolve));
    return post;
  }

  get environment() {
    return {
      ROLLPROOF_SMTP_URL: `smtp://127.0.0.1:${this.smtp.server.address().port}`,
      ROLLPROOF_MAIL_FROM: "photos@school.example",
      ROLLPROOF_SMS_URL: `http://127.0.0.1:${this.gateway.address().port}/`,
    };
  }

  tell() {
    for (const look of this.waiting.splice(0)) look();
  }

  // The first that fits, as soon as it is there; each is given once.
  async next(list, fits) {
    for (;;) {
      const place = list.findIndex((one) => !one.isRead && fits(one));
      if (place >= 0) {
        list[place].isRead = true;
        return list[place];
      }
      await new Promise((resolve) => this.waiting.push(resolve));
    }
  }

  // The link in the next mail to an address, without the server's name.
  async link(to, kind) {
    const pattern = new RegExp(`https?://[^/\\s]+(/${kind}/[0-9a-f]+)`);
    const mail = await this.next(this.mails, (one) => one.to === to && pattern.test(one.text));
    return pattern.exec(mail.text)[1];
  }

  async code(to) {
    const message = await this.next(this.messages, (one) => one.to === to && /\d{6}/.test(one.text));
    return /\d{6}/.exec(message.text)[0];
  }

  async close() {
    await new Promise((resolve) => this.smtp.close(resolve));
    await new Promise((resolve) => this.gateway.close(resolve));
  }
}
