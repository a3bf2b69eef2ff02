import { quietKafka, type Stack, until, withClient } from "../../src/index.js";

const TOPIC = "upstream.orders.v1";

/** Where the parts of a stack are. */
export interface Places {
  readonly databaseUrl: string;
  readonly kafkaBrokers: string;
  readonly registryUrl: string;
}

export function placesOf(stack: Stack): Places {
  const { kafkaBrokers, registryUrl } = stack;
  return { databaseUrl: stack.databaseUrl("ledger"), kafkaBrokers, registryUrl };
}

/** Leaves one fact in each part of the stack. */
export async function leaveTraces(stack: Places): Promise<void> {
  await withClient(stack.databaseUrl, async (client) => {
    await client.query("CREATE TABLE trace (sku text)");
    await client.query("INSERT INTO trace VALUES ('SOCKS')");
  });
  const producer = quietKafka(stack.kafkaBrokers, 8).producer();
  await producer.connect();
  await producer.send({ topic: TOPIC, acks: -1, messages: [{ key: "order-1", value: "3 socks" }] });
  await producer.disconnect();
  await registerSchema(stack);
}

export interface Traces {
  readonly skus: string[];
  readonly messages: number;
  readonly schemas: string[];
}

/** What is left of them. Asks again for a while: right after a restart a broker or a pooled connection may still refuse. */
export function findTraces(stack: Places): Promise<Traces> {
  return until("the stack answers", 60_000, async () => {
    const skus = await withClient(stack.databaseUrl, (client) => client.query("SELECT sku FROM trace"));
    const subjects = await fetch(`${stack.registryUrl}/subjects`);
    if (!subjects.ok) throw new Error(`the registry answered ${subjects.status}`);
    return {
      skus: skus.rows.map((row: { sku: string }) => row.sku),
      messages: await countMessages(stack.kafkaBrokers),
      schemas: (await subjects.json()) as string[],
    };
  });
}

async function countMessages(brokers: string): Promise<number> {
  const admin = quietKafka(brokers, 8).admin();
  await admin.connect();
  try {
    const offsets = await admin.fetchTopicOffsets(TOPIC);
    return offsets.reduce((sum, { high }) => sum + Number(high), 0);
  } finally {
    await admin.disconnect();
  }
}

export const ALL_TRACES = { skus: ["SOCKS"], messages: 1, schemas: ["trace"] };

async function registerSchema(stack: Places): Promise<void> {
  const schema = JSON.stringify({ type: "record", name: "Trace", fields: [{ name: "sku", type: "string" }] });
  const answer = await fetch(`${stack.registryUrl}/subjects/trace/versions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ schema }),
  });
  if (!answer.ok) throw new Error(`the registry refused the schema: ${answer.status}`);
}
