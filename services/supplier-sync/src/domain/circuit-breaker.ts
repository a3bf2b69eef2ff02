/** When a connection is left alone, and for how long. */
export interface CircuitRule {
  /** So many failures in a row open the circuit. */
  readonly failuresToOpen: number;
  /** So long it stays open the first time; twice as long each time that the probe fails. */
  readonly openMs: number;
  readonly longestOpenMs: number;
  /** A probe that nobody heard of for so long is taken for failed: whoever made it may have died. */
  readonly probeMs: number;
}

export const DEFAULT_CIRCUIT: CircuitRule = {
  failuresToOpen: 5,
  openMs: 60_000,
  longestOpenMs: 60 * 60_000,
  probeMs: 2 * 60_000,
};

/** Closed lets every call through, open none, probing one until its outcome is known. All times epoch ms. */
export type Circuit =
  | { readonly state: "CLOSED"; readonly failures: number }
  | { readonly state: "OPEN"; readonly until: number; readonly timesOpened: number }
  | { readonly state: "PROBING"; readonly since: number; readonly timesOpened: number };

export const CLOSED: Circuit = { state: "CLOSED", failures: 0 };

/** The circuit after somebody asked to call; `allowed` says whether they may. To be kept before the call is made. */
export interface Asked {
  readonly allowed: boolean;
  readonly circuit: Circuit;
}

/** May a call be made at `nowMs`? Of several who ask of an open circuit whose time is over only the first may. */
export function ask(rule: CircuitRule, circuit: Circuit, nowMs: number): Asked {
  if (circuit.state === "CLOSED") return { allowed: true, circuit };
  const probe: Circuit = { state: "PROBING", since: nowMs, timesOpened: circuit.timesOpened };
  const until = circuit.state === "OPEN" ? circuit.until : circuit.since + rule.probeMs;
  return nowMs >= until ? { allowed: true, circuit: probe } : { allowed: false, circuit };
}

/** A call succeeded: whatever went before is forgotten. */
export const succeeded = (): Circuit => CLOSED;

/** A call failed at `nowMs`. One that was made before the circuit opened and fails after it changes nothing. */
export function failed(rule: CircuitRule, circuit: Circuit, nowMs: number): Circuit {
  if (circuit.state === "OPEN") return circuit;
  if (circuit.state === "PROBING") return opened(rule, circuit.timesOpened + 1, nowMs);
  const failures = circuit.failures + 1;
  return failures < rule.failuresToOpen ? { state: "CLOSED", failures } : opened(rule, 1, nowMs);
}

function opened(rule: CircuitRule, timesOpened: number, nowMs: number): Circuit {
  const openMs = Math.min(rule.openMs * 2 ** (timesOpened - 1), rule.longestOpenMs);
  return { state: "OPEN", until: nowMs + openMs, timesOpened };
}
