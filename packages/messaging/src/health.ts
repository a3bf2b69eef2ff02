/** Whether a part works, and if not, why, in words for an engineer. */
export interface Health {
  readonly ok: boolean;
  readonly reason?: string;
}

export const HEALTHY: Health = { ok: true };

/** A health that says why. */
export function unhealthy(reason: string): Health {
  return { ok: false, reason };
}
