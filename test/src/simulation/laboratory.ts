import { Templates } from "./database/templates.js";
import { type BorrowedPostgres, borrowPostgres } from "./own-postgres.js";
import { type RunResult, run } from "./run.js";
import { standingServices } from "./services.js";
import type { Script } from "./workload/script.js";
import type { AnyDefinition } from "./world/instance.js";

/** Where worlds are made and played, one after the other. */
export class Laboratory {
  readonly #services: ReadonlyMap<string, () => AnyDefinition>;
  readonly #postgres: BorrowedPostgres;
  readonly #templates: Templates;
  #worlds = 0;

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
    const templates = await Templates.open(postgres.adminUrl, `simulation_${process.pid}`);
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

  play(script: Script, print?: (line: string) => void): Promise<RunResult> {
    return run({
      script,
      services: this.#services,
      templates: this.#templates,
      adminUrl: this.#postgres.adminUrl,
      name: `w${++this.#worlds}`,
      ...(print === undefined ? {} : { print }),
    });
  }

  async close(): Promise<void> {
    await this.#templates.close();
    await this.#postgres.stop();
  }
}
