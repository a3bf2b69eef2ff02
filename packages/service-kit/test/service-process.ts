import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { fileURLToPath } from "node:url";

const FIXTURE = fileURLToPath(new URL("./fixtures/service.mjs", import.meta.url));

/** A port nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

export interface ServiceProcess {
  url: string;
  child: ChildProcess;
  output(): string;
  ready(): Promise<{ status: number; checks: Record<string, { ok: boolean; reason?: string }> } | undefined>;
  /** Sends the signal; resolves with the exit code. */
  end(signal: NodeJS.Signals): Promise<number | null>;
  exited: Promise<number | null>;
}

/** Starts the fixture service as a process of its own. */
export function startProcess(env: Record<string, string>): ServiceProcess {
  const child = spawn(process.execPath, [FIXTURE], {
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => (output += chunk.toString("utf8")));
  const exited = once(child, "close").then(([code]) => code as number | null);
  const url = `http://127.0.0.1:${env.PORT}`;
  return {
    url,
    child,
    output: () => output,
    exited,
    async ready() {
      try {
        const response = await fetch(`${url}/health/ready`);
        const { checks } = (await response.json()) as { checks: Record<string, { ok: boolean; reason?: string }> };
        return { status: response.status, checks };
      } catch (error) {
        if (child.exitCode !== null) throw new Error(`the service ended: ${output}`, { cause: error });
        return undefined;
      }
    },
    async end(signal) {
      child.kill(signal);
      return exited;
    },
  };
}
