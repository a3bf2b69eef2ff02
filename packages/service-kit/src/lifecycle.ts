import type { z } from "zod";
import type { RunningService, ServiceDefinition } from "./service-definition.js";

/** Runs a service until a stop signal. */
export async function runService<S extends Record<string, z.ZodType> = Record<never, never>>(
  _definition: ServiceDefinition<S>,
  _env: Record<string, string | undefined> = process.env,
): Promise<RunningService<S>> {
  throw new Error("runService: wiring follows the event log");
}
