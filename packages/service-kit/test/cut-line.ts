import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to a server that can be cut without a word to either side, as a network does it. */
export interface CutLine {
  /** The address with this line in place of the server's. */
  through(url: string): string;
  /** From now on nothing passes on the connections that there are; new ones are good. */
  cut(): void;
  /** From now on nobody takes what the server sends on the connections that there are. */
  freeze(): void;
  close(): Promise<void>;
}

/** Makes the line to the server of `url`. */
export async function cutLine(url: string): Promise<CutLine> {
  const target = new URL(url);
  let lines: [Socket, Socket][] = [];
  const all: Socket[] = [];
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    near.pipe(far);
    far.pipe(near);
    lines.push([near, far]);
    all.push(near, far);
    // Either side may end it; what is left is destroyed with the line.
    for (const socket of [near, far]) socket.on("error", () => socket.destroy());
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const freeze = () => {
    for (const [near, far] of lines) {
      far.unpipe(near);
      far.pause();
    }
    lines = [];
  };
  return {
    through(original) {
      const changed = new URL(original);
      changed.hostname = "127.0.0.1";
      changed.port = String(port);
      return changed.href;
    },
    cut() {
      for (const [near, far] of lines) {
        near.unpipe(far);
        near.pause();
      }
      freeze();
    },
    freeze,
    async close() {
      for (const socket of all) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
