import { differencesOf } from "./auditor/end-state.js";
import { Templates } from "./database/templates.js";
import { fingerprintOf } from "./kernel/trace.js";
import { type BorrowedPostgres, borrowPostgres } from "./own-postgres.js";
import { type RunResult, run } from "./run.js";
import { standingServices } from "./services.js";
import { otherDelivery } from "./workload/other-delivery.js";
import type { Script } from "./workload/script.js";
import type { AnyDefinition } from "./world/instance.js";

/** Where worlds are made and played, one after the other. */
export class Laboratory {
  readonly #services: ReadonlyMap<string, () => AnyDefinition>;
  readonly #postgres: BorrowedPostgres;
  readonly #templates: Templates;

  private constructor(
    services: ReadonlyMap<string, () => AnyDefinition>,
    postgres: BorrowedPostgres,
    templates: Templates,
  ) {
    this.#services = services;
    this.#postgres = postgres;
    this.#templates = templates;
  }

  static async open(): Promise<Laboratory> {
    const services = await standingServices();
    const postgres = await borrowPostgres();
    const templates = await Templates.open(postgres, `simulation_${process.pid}`);
    const laboratory = new Laboratory(services, postgres, templates);
    try {
      await templates.prepare([...services.values()].map((define) => define()));
    } catch (error) {
      await laboratory.close();
      throw error;
    }
    return laboratory;
  }

  /** Names of the services that stand. */
  get services(): string[] {
    return [...this.#services.keys()];
  }

  /** Plays a day; one with ample stock under a second delivery too, and both must end the same. */
  async play(script: Script, print?: (line: string) => void): Promise<RunResult> {
    const one = await this.#play(script, print);
    if (script.ample !== true || one.findings.length > 0) return one;
    const other = await this.#play(otherDelivery(script), print);
    const findings = other.findings.length > 0 ? other.findings : differencesOf(one.end, other.end);
    const trace = [...one.trace, ...other.trace];
    const fingerprint = fingerprintOf(trace);
    return {
      ...other,
      findings,
      trace,
      fingerprint,
      steps: one.steps + other.steps,
      messages: one.messages + other.messages,
    };
  }

  #play(script: Script, print?: (line: string) => void): Promise<RunResult> {
    return run({
      script,
      services: this.#services,
      templates: this.#templates,
      ...(print === undefined ? {} : { print }),
    });
  }

  async close(): Promise<void> {
    await this.#templates.close();
    await this.#postgres.stop();
  }
}
