import { createHash } from "node:crypto";
import type { Actor } from "./auth.js";

/** Tokens remembered, at most; the one verified longest ago goes first. */
const MAX_TOKENS = 1_000;

/**
 * Tokens whose signature was verified a moment ago. Verifying took 5 to 7 % of a service's CPU while a warehouse shipped,
 * over and over for the same few tokens. Kept by their sha256, so that no token lies about in memory.
 */
export class VerifiedTokens {
  readonly #tokens = new Map<string, { actor: Actor; freshUntil: number; expiresAt: number }>();
  readonly #freshMs: number;
  readonly #clocks: { now(): number; elapsed(): number };

  /** @param freshMs a token is verified again after this, milliseconds; 0 remembers none. */
  constructor(freshMs: number, clocks = { now: () => Date.now(), elapsed: () => performance.now() }) {
    this.#freshMs = freshMs;
    this.#clocks = clocks;
  }

  /** Whose it is; undefined when it must be verified. */
  actorOf(token: string): Actor | undefined {
    const known = this.#tokens.get(digest(token));
    if (known === undefined) return undefined;
    if (this.#clocks.elapsed() < known.freshUntil && this.#clocks.now() < known.expiresAt) return known.actor;
    this.#tokens.delete(digest(token));
    return undefined;
  }

  /** @param expiresAt the token counts no longer from then on, epoch milliseconds. */
  remember(token: string, actor: Actor, expiresAt: number): void {
    if (this.#freshMs <= 0) return;
    const key = digest(token);
    this.#tokens.delete(key);
    this.#tokens.set(key, { actor, freshUntil: this.#clocks.elapsed() + this.#freshMs, expiresAt });
    for (const oldest of this.#tokens.keys()) {
      if (this.#tokens.size <= MAX_TOKENS) return;
      this.#tokens.delete(oldest);
    }
  }
}

function digest(token: string): string {
  return createHash("sha256").update(token).digest("base64");
}
