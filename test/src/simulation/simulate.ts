import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { Laboratory } from "./laboratory.js";
import { type Played, Players, playTimed, serveAsWorker, WORKER_ARGUMENT } from "./players.js";
import { standingServices } from "./services.js";
import { shrink, statementOf } from "./shrink.js";
import { generate } from "./workload/generator.js";
import type { Script } from "./workload/script.js";

const HELP = `npm run simulate -- [--seed N] [--seeds COUNT] [--steps M] [--services a,b] [--minutes M] [--workers W]
                    [--trace] [--shrink FILE] [--until-found] [SCRIPT.json …]
  --seed N        the first seed, default 1; --seeds COUNT of them, default 1; --steps of a day, default 300
  --minutes M     begins no further seed after so long
  --workers W     plays so many days at once, default the number of processors
  --trace         a line per step; one day after the other
  --shrink FILE   leaves out of the first failing script what it fails without, and writes the rest there
  --until-found   ends at the first seed that fails
  SCRIPT.json     plays these scripts instead of seeds
`;
const MAX_SHRINKING_PLAYS = 400;
/** Of more days only those that fail are told, and how far it has come. */
const MAX_TOLD_DAYS = 50;
const DAYS_PER_NOTE = 100;

interface Play {
  readonly name: string;
  readonly script: Script;
}

/** Something that plays days; several at once if it can. */
interface Stage {
  readonly atOnce: number;
  play(script: Script): Promise<Played>;
  close(): Promise<void>;
}

/** Plays seeds or scripts; the exit code says whether all of them kept every promise. */
export async function simulate(program: string, args: readonly string[]): Promise<number> {
  if (args.includes(WORKER_ARGUMENT)) {
    await serveAsWorker();
    return 0;
  }
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seed: { type: "string", default: "1" },
      seeds: { type: "string", default: "1" },
      steps: { type: "string", default: "300" },
      minutes: { type: "string", default: "1000" },
      workers: { type: "string", default: String(availableParallelism()) },
      services: { type: "string" },
      trace: { type: "boolean", default: false },
      shrink: { type: "string" },
      "until-found": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return say(HELP);
  const services = values.services?.split(",") ?? [...(await standingServices()).keys()];
  const seeds = { first: number(values.seed), count: number(values.seeds), steps: number(values.steps), services };
  const plays = positionals.length > 0 ? await scripts(positionals) : seeded(seeds);
  const stage = await stageFor(program, plays.length, values);
  try {
    const endAt = performance.now() + 60_000 * Number(values.minutes);
    return await playAll(stage, plays, { endAt, untilFound: values["until-found"], shrinkInto: values.shrink });
  } finally {
    await stage.close();
  }
}

async function stageFor(program: string, days: number, o: { trace: boolean; workers: string; shrink?: string }) {
  const workers = Math.max(1, o.shrink === undefined ? Math.min(number(o.workers), days) : number(o.workers));
  if (workers > 1 && !o.trace) {
    const players = await Players.open(workers, program);
    return { atOnce: workers, play: (script: Script) => players.play(script), close: () => players.close() };
  }
  const laboratory = await Laboratory.open();
  const print = o.trace ? (line: string) => void say(`${line}\n`) : undefined;
  const play = (script: Script) => playTimed(laboratory, script, print);
  return { atOnce: 1, play, close: () => laboratory.close() };
}

async function playAll(
  stage: Stage,
  plays: readonly Play[],
  o: { endAt: number; untilFound: boolean; shrinkInto: string | undefined },
): Promise<number> {
  const began = performance.now();
  const sum = { played: 0, failed: 0, steps: 0 };
  const terse = plays.length > MAX_TOLD_DAYS;
  for await (const { name, script, played } of inOrder(stage, plays, o.endAt)) {
    sum.played += 1;
    sum.steps += played.steps;
    const failed = played.findings.length > 0;
    if (failed || !terse) say(lineOf(name, played));
    if (terse && sum.played % DAYS_PER_NOTE === 0) say(`${sum.played} of ${plays.length} days\n`);
    if (!failed) continue;
    sum.failed += 1;
    if (o.shrinkInto !== undefined) await shrinkInto(o.shrinkInto, stage, script, played);
    if (o.shrinkInto !== undefined || o.untilFound) break;
  }
  const { played, failed, steps } = sum;
  const seconds = (performance.now() - began) / 1_000;
  const pace = `${Math.round(steps / seconds)} a second, ${seconds.toFixed(0)} s`;
  say(`${played} played, ${failed} failed, ${steps} steps, ${pace}\n`);
  return failed === 0 ? 0 : 1;
}

/** Days in their order, although several are played at once; begins none after `endAt`. */
async function* inOrder(
  stage: Stage,
  plays: readonly Play[],
  endAt: number,
): AsyncGenerator<Play & { readonly played: Played }> {
  const begun: { readonly play: Play; readonly result: Promise<Played> }[] = [];
  for (let next = 0; next < plays.length || begun.length > 0; ) {
    // As many again wait their turn, so that nobody waits for the slowest day.
    while (next < plays.length && begun.length < 2 * stage.atOnce && performance.now() < endAt) {
      const play = plays[next++]!;
      const result = stage.play(play.script);
      result.catch(() => undefined);
      begun.push({ play, result });
    }
    const first = begun.shift();
    if (first === undefined) return;
    yield { ...first.play, played: await first.result };
  }
}

function seeded(o: { first: number; count: number; steps: number; services: readonly string[] }): readonly Play[] {
  return Array.from({ length: o.count }, (_, index) => {
    const seed = o.first + index;
    // Made when it is played: a script takes more memory than its seed.
    return {
      name: `seed ${seed}`,
      get script() {
        return generate(seed, o.steps, o.services);
      },
    };
  });
}

function scripts(files: readonly string[]): Promise<Play[]> {
  return Promise.all(
    files.map(async (file) => {
      return { name: basename(file, ".json"), script: JSON.parse(await readFile(file, "utf8")) as Script };
    }),
  );
}

async function shrinkInto(file: string, stage: Stage, script: Script, result: Played): Promise<void> {
  const statement = statementOf(result.findings[0]!);
  const fails = async (candidate: Script) => {
    const { findings } = await stage.play(candidate);
    return findings.some((finding) => statementOf(finding) === statement);
  };
  const short = await shrink(script, fails, { maxPlays: MAX_SHRINKING_PLAYS, atOnce: stage.atOnce });
  await writeFile(file, `${JSON.stringify(short, undefined, 1)}\n`);
  say(`  ${short.moves.length} moves and ${short.faults.length} faults are enough: ${file}\n`);
}

function lineOf(name: string, { findings, steps, messages, fingerprint, seconds }: Played): string {
  const head = `${name}: ${steps} steps, ${messages} messages, ${seconds.toFixed(1)} s, trace ${fingerprint.slice(0, 16)}\n`;
  return head + findings.map((finding) => `  BROKEN ${finding}\n`).join("");
}

function number(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`not a whole number: ${text}`);
  return value;
}

function say(text: string): number {
  process.stdout.write(text);
  return 0;
}
