import { parseArgs } from "node:util";
import { Templates } from "./database/templates.js";
import { borrowPostgres } from "./own-postgres.js";
import { type RunResult, run } from "./run.js";
import { standingServices } from "./services.js";
import { generate } from "./workload/generator.js";

const HELP = `npm run simulate -- --seed N [--seeds COUNT] [--steps M] [--services a,b] [--trace]`;

/** Plays seeds, one after the other; the exit code says whether all of them kept every promise. */
export async function simulate(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: "string", default: "1" },
      seeds: { type: "string", default: "1" },
      steps: { type: "string", default: "300" },
      services: { type: "string" },
      trace: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${HELP}\n`);
    return 0;
  }
  const services = await standingServices();
  const chosen = values.services === undefined ? [...services.keys()] : values.services.split(",");
  const postgres = await borrowPostgres();
  const templates = await Templates.open(postgres.adminUrl, `simulation_${process.pid}`);
  let failed = 0;
  const sum = { steps: 0, seconds: 0 };
  try {
    await templates.prepare([...services].filter(([name]) => chosen.includes(name)).map(([, define]) => define()));
    const first = Number(values.seed);
    for (let seed = first; seed < first + Number(values.seeds); seed++) {
      const script = generate(seed, Number(values.steps), chosen);
      const print = values.trace ? (line: string) => void process.stdout.write(`${line}\n`) : undefined;
      const started = performance.now();
      const result = await run({
        script,
        services,
        templates,
        adminUrl: postgres.adminUrl,
        name: `w${seed % 2}`,
        ...(print === undefined ? {} : { print }),
      });
      const seconds = (performance.now() - started) / 1_000;
      sum.steps += result.steps;
      sum.seconds += seconds;
      process.stdout.write(`${lineOf(seed, result, seconds)}\n`);
      if (result.findings.length > 0) failed += 1;
    }
  } finally {
    await templates.close();
    await postgres.stop();
  }
  process.stdout.write(`${failed} seeds failed; ${Math.round(sum.steps / sum.seconds)} steps/s\n`);
  return failed === 0 ? 0 : 1;
}

function lineOf(seed: number, result: RunResult, seconds: number): string {
  const { findings, steps, messages, fingerprint } = result;
  const head = `seed ${seed}: ${steps} steps, ${messages} messages, ${seconds.toFixed(1)} s, ${fingerprint.slice(0, 12)}`;
  return findings.length === 0 ? head : `${head}\n${findings.map((finding) => `  BROKEN: ${finding}`).join("\n")}`;
}
