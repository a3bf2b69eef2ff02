import type { LocalAuth } from "./auth.js";
import { openAuth } from "./auth.js";
import type { Stack } from "./stack.js";

/** A running stack in words that fit into an environment variable, for processes that did not start it. */
export interface StackDescription {
  readonly home: string;
  readonly kafkaBrokers: string;
  readonly registryUrl: string;
  readonly adminUrl: string;
}

/** The variable through which the test runner tells tests which stack to use. */
export const STACK_VARIABLE = "SEPTET_TEST_STACK";

/** What a test needs of a stack, whether this process started it or not. */
export interface SharedStack extends StackDescription {
  readonly auth: LocalAuth;
}

export function describeStack(stack: Stack): StackDescription {
  if (stack.postgres === null) throw new Error("a stack for tests brings its own Postgres");
  const { home, kafkaBrokers, registryUrl } = stack;
  return { home, kafkaBrokers, registryUrl, adminUrl: stack.postgres.adminUrl };
}

/** @throws when the text is not a description. */
export async function attachTo(text: string): Promise<SharedStack> {
  const description = JSON.parse(text) as StackDescription;
  for (const field of ["home", "kafkaBrokers", "registryUrl", "adminUrl"] as const)
    if (typeof description[field] !== "string") throw new Error(`${STACK_VARIABLE} lacks ${field}`);
  return { ...description, auth: await openAuth(description.home) };
}
