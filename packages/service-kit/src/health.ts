/** Whether a part works, and if not, why. */
export interface HealthState {
  ok: boolean;
  reason?: string;
}

export type HealthCheck = () => HealthState | Promise<HealthState>;

/** How long a check may take before it counts as failed, milliseconds. */
export const HEALTH_CHECK_TIMEOUT_MS = 2_000;

/** What was found is told for this long, milliseconds. */
export const HEALTH_FRESH_MS = 1_000;

/** What all checks together say. */
export interface Readiness {
  ready: boolean;
  checks: Record<string, HealthState>;
}

/** What must hold for the service to be ready: each part registers a check under its name. */
export class HealthChecks {
  readonly #checks = new Map<string, HealthCheck>();
  #recent: { found: Promise<Readiness>; endedAt: number } | undefined;

  /** Adds a check, or replaces the one of that name. */
  register(name: string, check: HealthCheck): void {
    this.#checks.set(name, check);
    this.#recent = undefined;
  }

  remove(name: string): void {
    this.#checks.delete(name);
    this.#recent = undefined;
  }

  /**
   * What a run found that is under way or ended within `freshMs`; else a new run. For callers that nobody knows: however
   * often they ask, the parts are asked once.
   */
  recent(freshMs: number = HEALTH_FRESH_MS): Promise<Readiness> {
    if (this.#recent !== undefined && performance.now() < this.#recent.endedAt + freshMs) return this.#recent.found;
    const run = { found: this.run(), endedAt: Number.POSITIVE_INFINITY };
    this.#recent = run;
    void run.found.then(() => {
      run.endedAt = performance.now();
    });
    return run.found;
  }

  /** Runs all checks at once. A check that throws or takes too long is a failed one. */
  async run(): Promise<Readiness> {
    const entries = [...this.#checks];
    const states = await Promise.all(entries.map(([, check]) => settled(check)));
    const checks = Object.fromEntries(entries.map(([name], i) => [name, states[i]!]));
    return { ready: states.every((state) => state.ok), checks };
  }
}

async function settled(check: HealthCheck): Promise<HealthState> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<HealthState>((resolve) => {
    const reason = `no answer within ${HEALTH_CHECK_TIMEOUT_MS} ms`;
    timer = setTimeout(() => resolve({ ok: false, reason }), HEALTH_CHECK_TIMEOUT_MS);
  });
  try {
    return await Promise.race([Promise.resolve().then(check), late]);
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
  }
}
