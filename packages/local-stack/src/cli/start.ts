import { existsSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROLES } from "../auth.js";
import { type Platform, type PlatformAccess, startPlatform } from "../platform.js";

export interface StartOptions {
  /** Puts the demonstration stock in; called until it has succeeded once in this home. May run twice. */
  readonly demonstrate?: (platform: PlatformAccess) => Promise<void>;
}

const say = (line: string) => void process.stdout.write(`${line}\n`);

/** `npm start`: runs the platform until Ctrl-C, SIGTERM or the end of the terminal. */
export async function runUntilInterrupted(options: StartOptions = {}): Promise<void> {
  let started = false;
  const interrupted = nextInterrupt(() => {
    if (started) return;
    // Half a start is not stopped step by step: what runs already ends with this process.
    say("\nstopped before it was ready");
    process.exit(130);
  });
  const since = performance.now();
  say("starting Postgres, Kafka, schema registry and services …");
  const platform = await startPlatform({ onProgress: say });
  started = true;
  const seconds = ((performance.now() - since) / 1000).toFixed(1);
  try {
    if (options.demonstrate) await demonstrateOnce(platform, options.demonstrate);
    say(`ready after ${seconds} s\n`);
    say(await welcome(platform));
    await interrupted;
    say("\nstopping …");
  } finally {
    await platform.stop();
  }
  say("stopped");
}

async function demonstrateOnce(
  platform: Platform,
  demonstrate: (platform: PlatformAccess) => Promise<void>,
): Promise<void> {
  const done = join(platform.home, "demonstration.json");
  if (existsSync(done)) return;
  await demonstrate(platform);
  writeFileSync(`${done}.new`, JSON.stringify({ at: new Date().toISOString() }));
  renameSync(`${done}.new`, done);
}

async function welcome(platform: Platform): Promise<string> {
  const { stack, urls } = platform;
  const rows = [
    ...Object.entries(urls).map(([service, [url]]) => [service, `${url}/docs`]),
    ["Kafka", stack.kafkaBrokers],
    ["schema registry", stack.registryUrl],
    ...(stack.postgres ? [["Postgres", `${stack.postgres.host}:${stack.postgres.port}`]] : []),
    ["logs", stack.logs],
  ];
  const addresses = rows.map(([name, address]) => `  ${String(name).padEnd(18)} ${address}`).join("\n");
  const token = await platform.token(ROLES.filter((role) => role !== "supplier"));
  const [reserve, ledger, transfer] = [urls["order-reservation"]?.[0], urls.ledger?.[0], urls.transfer?.[0]];
  const tries = reserve && ledger && transfer ? `\n\nTry:\n${commands(reserve, ledger, transfer)}` : "";
  return `${addresses}\n\nA token with all roles, good for 12 hours:\n\nTOKEN=${token}${tries}\n\nCtrl-C ends everything.`;
}

function commands(reserve: string, ledger: string, transfer: string): string {
  const authorization = `-H "authorization: Bearer $TOKEN"`;
  const line = `{"lineId":"1","sku":"SOCKS","quantity":3,"unitPriceMinor":490}`;
  const order = `{"orderId":"try-1","customerId":"me","channel":"web","region":"CN","currency":"CNY","payment":"PENDING","lines":[${line}]}`;
  return [
    `curl -s ${authorization} ${ledger}/v1/stock/SOCKS`,
    `curl -s ${authorization} -H "idempotency-key: try-1" -H "content-type: application/json" ${reserve}/v1/reservations -d '${order}'`,
    `curl -s ${authorization} ${reserve}/v1/reservations/try-1`,
    `curl -s ${authorization} ${transfer}/v1/in-transit`,
  ].join("\n");
}

/** npm hands a Ctrl-C on that the terminal has sent as well, so every further one is ignored. */
function nextInterrupt(atOnce: () => void): Promise<void> {
  return new Promise((resolve) => {
    // Nothing else keeps this process alive while it only watches.
    const alive = setInterval(() => undefined, 3_600_000);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.on(signal, () => {
        atOnce();
        clearInterval(alive);
        resolve();
      });
  });
}
