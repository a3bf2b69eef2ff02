import { z } from "zod";
import type { Figure, ServiceReading } from "../domain/comparison.js";
import type { Position } from "../domain/position.js";

const whole = z.number().int();
const position = z.object({
  contiguous: whole.min(0),
  ahead: z.array(z.tuple([whole.min(1), whole.min(1)])).default([]),
});
const page = z.object({
  items: z.array(z.object({ sku: z.string(), location: z.string(), bucket: z.string(), quantity: whole })),
  positions: z.record(z.string(), z.record(z.string(), position)),
  nextCursor: z.string().nullish(),
});
type BalancesPage = z.output<typeof page>;

/** A service whose balances are audited. */
export interface AuditTarget {
  readonly service: string;
  /** Where its HTTP surface is, without a trailing slash. */
  readonly url: string;
}

/** The service did not answer, or not as agreed. */
export class BalancesUnavailableError extends Error {
  override readonly name = "BalancesUnavailableError";
}

/** A service that answers slower than this counts as away, milliseconds per page. */
export const PAGE_TIMEOUT_MS = 10_000;

/** SKUs asked for at a time: enough to make few requests, few enough to hold no memory. */
export const PAGE_SKUS = 200;

/** Reads `GET /v1/balances` of one service: page after page, each of one snapshot. */
export class BalancesClient {
  readonly service: string;
  readonly #url: string;
  readonly #token: () => Promise<string | undefined>;

  constructor(target: AuditTarget, token: () => Promise<string | undefined>) {
    this.service = target.service;
    this.#url = target.url.replace(/\/+$/, "");
    this.#token = token;
  }

  /**
   * The readings of all SKUs, a page at a time; every page is one snapshot and has all rows of its SKUs.
   * @throws BalancesUnavailableError
   */
  async *all(): AsyncGenerator<ServiceReading[]> {
    let cursor: string | undefined;
    do {
      const body = await this.#page({ limit: `${PAGE_SKUS}`, ...(cursor === undefined ? {} : { cursor }) });
      yield [...readingsOf(body).values()];
      cursor = body.nextCursor ?? undefined;
    } while (cursor !== undefined);
  }

  /** The reading of one SKU now. @throws BalancesUnavailableError */
  async one(sku: string): Promise<ServiceReading> {
    return readingsOf(await this.#page({ sku })).get(sku) ?? { sku, positions: new Map(), figures: [] };
  }

  async #page(query: Record<string, string>): Promise<BalancesPage> {
    const token = await this.#token();
    const address = `${this.#url}/v1/balances?${new URLSearchParams(query)}`;
    let body: unknown;
    try {
      const response = await fetch(address, {
        headers: { accept: "application/json", ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
        signal: AbortSignal.timeout(PAGE_TIMEOUT_MS),
      });
      if (!response.ok) {
        await response.body?.cancel();
        throw new BalancesUnavailableError(`${this.service} answered ${response.status} to ${address}`);
      }
      body = await response.json();
    } catch (error) {
      if (error instanceof BalancesUnavailableError) throw error;
      throw new BalancesUnavailableError(`${this.service} did not answer ${address}: ${reasonOf(error)}`, {
        cause: error,
      });
    }
    const parsed = page.safeParse(body);
    if (parsed.success) return parsed.data;
    throw new BalancesUnavailableError(
      `${this.service} answered something else than balances: ${parsed.error.message}`,
    );
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

interface GrowingReading extends ServiceReading {
  readonly positions: Map<string, Position>;
  readonly figures: Figure[];
}

function readingsOf(body: BalancesPage): Map<string, ServiceReading> {
  const readings = new Map<string, GrowingReading>();
  const of = (sku: string): GrowingReading => {
    const reading = readings.get(sku) ?? { sku, positions: new Map(), figures: [] };
    readings.set(sku, reading);
    return reading;
  };
  for (const [recordedBy, bySku] of Object.entries(body.positions))
    for (const [sku, at] of Object.entries(bySku)) of(sku).positions.set(recordedBy, at);
  for (const { sku, location, bucket, quantity } of body.items) of(sku).figures.push({ location, bucket, quantity });
  return readings;
}
