import { parseArgs } from "node:util";
import type { Codec } from "../avro-codec.js";
import { type FiledDeadLetter, readDeadLetters, replayDeadLetters } from "../dead-letter-box.js";
import { messageOf } from "../errors.js";
import { print, runCommand, serviceNamed, UsageError, withTools } from "./environment.js";

const USAGE = `npm run dead-letters -- list   --service NAME [--all]
npm run dead-letters -- show   --service NAME --id PARTITION:OFFSET
npm run dead-letters -- replay --service NAME (--id PARTITION:OFFSET … | --all)
  list shows those not replayed yet (--all: every one); replay --all sends those not replayed yet.`;

/** A listing shows no values, so it need not keep large ones. */
const LISTED_VALUE_BYTES = 0;
const SHOWN_HEX_BYTES = 256;

await runCommand(USAGE, async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      service: { type: "string" },
      id: { type: "string", multiple: true, default: [] },
      all: { type: "boolean", default: false },
    },
  });
  const service = serviceNamed(values.service);
  const [command, ...rest] = positionals;
  if (rest.length > 0) throw new UsageError(`unexpected: ${rest.join(" ")}`);
  await withTools(service, async ({ eventLog, codec }) => {
    if (command === "list") {
      list(await readDeadLetters(eventLog, service, LISTED_VALUE_BYTES), values.all);
    } else if (command === "show") {
      for (const letter of chosen(await readDeadLetters(eventLog, service), values.id)) await show(letter, codec);
    } else if (command === "replay") {
      const letters = await readDeadLetters(eventLog, service);
      const pick = values.all ? letters.filter((letter) => !letter.replayed) : chosen(letters, values.id);
      await replayDeadLetters(eventLog, service, pick);
      print(`${pick.length} sent to where they came from`);
    } else {
      throw new UsageError("say list, show or replay");
    }
  });
});

function chosen(letters: readonly FiledDeadLetter[], ids: readonly string[]): FiledDeadLetter[] {
  if (ids.length === 0) throw new UsageError("--id is missing");
  return ids.map((id) => {
    const letter = letters.find((one) => one.id === id);
    if (letter === undefined) throw new UsageError(`there is no dead letter ${id}`);
    return letter;
  });
}

function list(letters: readonly FiledDeadLetter[], all: boolean): void {
  const shown = letters.filter((letter) => all || !letter.replayed);
  for (const { id, occurredAt, error, origin, key, replayed } of shown) {
    const source = `${origin.topic}/${origin.partition}@${origin.offset}`;
    print(
      `${id}  ${occurredAt}  ${error.code}  ${source}  key=${key}${replayed ? "  replayed" : ""}  ${error.message}`,
    );
  }
  print(`${shown.length} dead letters${all ? "" : " not replayed yet"}`);
}

async function show(letter: FiledDeadLetter, codec: Codec): Promise<void> {
  const { value, ...rest } = letter;
  print(JSON.stringify({ ...rest, bytes: value?.length ?? 0, value: await readable(letter, codec) }, undefined, 2));
}

/** The record, or why there is none and how the bytes begin. */
async function readable({ value, origin }: FiledDeadLetter, codec: Codec): Promise<unknown> {
  try {
    const decoded = await codec.decode({ value, topic: origin.topic });
    if (decoded.ok) return { [decoded.name]: decoded.value };
    return { ...decoded.error, hex: value?.subarray(0, SHOWN_HEX_BYTES).toString("hex") ?? null };
  } catch (error) {
    return { message: messageOf(error), hex: value?.subarray(0, SHOWN_HEX_BYTES).toString("hex") ?? null };
  }
}
