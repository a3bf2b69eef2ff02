import { readFile, writeFile } from "node:fs/promises";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { Laboratory } from "./laboratory.js";
import type { RunResult } from "./run.js";
import { shrink, statementOf } from "./shrink.js";
import { generate } from "./workload/generator.js";
import type { Script } from "./workload/script.js";

const HELP = `npm run simulate -- [--seed N] [--seeds COUNT] [--steps M] [--services a,b] [--minutes M]
                    [--trace] [--shrink FILE] [--until-found] [SCRIPT.json …]
  --seed N        the first seed, default 1; --seeds COUNT of them, default 1; --steps of a day, default 300
  --minutes M     begins no further seed after so long
  --trace         a line per step
  --shrink FILE   leaves out of the first failing script what it fails without, and writes the rest there
  --until-found   ends at the first seed that fails
  SCRIPT.json     plays these scripts instead of seeds
`;
const MAX_SHRINKING_PLAYS = 200;

interface Play {
  readonly name: string;
  readonly script: Script;
}

/** Plays seeds or scripts, one after the other; the exit code says whether all of them kept every promise. */
export async function simulate(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      seed: { type: "string", default: "1" },
      seeds: { type: "string", default: "1" },
      steps: { type: "string", default: "300" },
      minutes: { type: "string", default: "1000" },
      services: { type: "string" },
      trace: { type: "boolean", default: false },
      shrink: { type: "string" },
      "until-found": { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return say(HELP);
  const laboratory = await Laboratory.open();
  const print = values.trace ? (line: string) => void say(`${line}\n`) : undefined;
  const sum = { played: 0, failed: 0, steps: 0, seconds: 0 };
  try {
    const services = values.services?.split(",") ?? laboratory.services;
    const seeds = { first: number(values.seed), count: number(values.seeds), steps: number(values.steps), services };
    for await (const play of positionals.length > 0 ? scripts(positionals) : seeded(seeds)) {
      const started = performance.now();
      const result = await laboratory.play(play.script, print);
      const seconds = (performance.now() - started) / 1_000;
      sum.played += 1;
      sum.steps += result.steps;
      sum.seconds += seconds;
      say(lineOf(play.name, result, seconds));
      if (result.findings.length > 0) {
        sum.failed += 1;
        if (values.shrink !== undefined) await shrinkInto(values.shrink, laboratory, play.script, result);
        if (values.shrink !== undefined || values["until-found"]) break;
      }
      if (sum.seconds > 60 * Number(values.minutes)) break;
    }
  } finally {
    await laboratory.close();
  }
  const { played, failed, steps, seconds } = sum;
  say(`${played} played, ${failed} failed, ${steps} steps, ${Math.round(steps / seconds)} a second\n`);
  return failed === 0 ? 0 : 1;
}

async function* seeded(o: {
  first: number;
  count: number;
  steps: number;
  services: readonly string[];
}): AsyncGenerator<Play> {
  for (let seed = o.first; seed < o.first + o.count; seed++) {
    yield { name: `seed ${seed}`, script: generate(seed, o.steps, o.services) };
  }
}

async function* scripts(files: readonly string[]): AsyncGenerator<Play> {
  for (const file of files) {
    yield { name: basename(file, ".json"), script: JSON.parse(await readFile(file, "utf8")) as Script };
  }
}

async function shrinkInto(file: string, laboratory: Laboratory, script: Script, result: RunResult): Promise<void> {
  const statement = statementOf(result.findings[0]!);
  const fails = async (candidate: Script) => {
    const { findings } = await laboratory.play(candidate);
    return findings.some((finding) => statementOf(finding) === statement);
  };
  const short = await shrink(script, fails, MAX_SHRINKING_PLAYS);
  await writeFile(file, `${JSON.stringify(short, undefined, 1)}\n`);
  say(`  ${short.moves.length} moves and ${short.faults.length} faults are enough: ${file}\n`);
}

function lineOf(name: string, { findings, steps, messages, fingerprint }: RunResult, seconds: number): string {
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
