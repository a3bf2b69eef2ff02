import { parseArgs } from "node:util";
import { copiesInKafka, republish, republishMissing } from "../republish.js";
import { print, runCommand, serviceNamed, UsageError, withTools } from "./environment.js";

const USAGE = `npm run republish -- --service NAME --sku SKU --from N [--to N] [--void]
  Sends the movements N to N of the SKU's stream of that service again: from its outbox, else copied from Kafka.
  --void closes those of which no copy is left with a movement of kind VOID.`;

await runCommand(USAGE, async () => {
  const { values } = parseArgs({
    options: {
      service: { type: "string" },
      sku: { type: "string" },
      from: { type: "string" },
      to: { type: "string" },
      void: { type: "boolean", default: false },
    },
  });
  const service = serviceNamed(values.service);
  const { sku } = values;
  if (!sku) throw new UsageError("--sku is missing");
  const from = sequenceOf("--from", values.from);
  const to = sequenceOf("--to", values.to ?? values.from);
  if (to < from) throw new UsageError("--to lies before --from");
  await withTools(service, async ({ eventLog, codec, transact }) => {
    if (values.void) await codec.register(["StockMovement"]);
    const actor = process.env.USER ?? "command line";
    const found = await transact((session) => republish(session, { sku, from, to }));
    const copies = await copiesInKafka({ eventLog, codec, service, sku, sequences: found.missing });
    const outcome = await transact(async (session) => {
      // Nobody may record, or close the same sequence, meanwhile.
      await session.query("SELECT 1 FROM sku_stream WHERE sku = $1 FOR UPDATE", [sku]);
      const { sent, missing } = await republish(session, { sku, from, to });
      const sequences = missing.filter((sequence) => found.missing.includes(sequence));
      const options = { session, eventLog, codec, service, sku, sequences, copies, void: values.void, actor };
      return { sent, ...(await republishMissing(options)) };
    });
    print(`${service} ${sku} ${from}–${to}`);
    print(`  sent again from the outbox  ${list(outcome.sent)}`);
    print(`  copied from Kafka           ${list(outcome.copied)}`);
    print(`  closed by VOID              ${list(outcome.voided)}`);
    print(`  no copy left                ${list(outcome.lost)}`);
    if (outcome.lost.length > 0) {
      print("Run it again with --void to close them; then mend the balances as drift and enter the fact anew.");
      process.exitCode = 3;
    }
  });
});

function sequenceOf(name: string, text: string | undefined): number {
  const sequence = Number(text);
  if (!Number.isSafeInteger(sequence) || sequence < 1) throw new UsageError(`${name} takes a sequence from 1 on`);
  return sequence;
}

function list(sequences: readonly number[]): string {
  return sequences.length === 0 ? "none" : `${sequences.length}: ${sequences.slice(0, 20).join(", ")}`;
}
