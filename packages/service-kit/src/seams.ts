export type { MovementDraft, RecordName, RecordOf, ServiceName } from "@septet/stock-contracts";

import type { RecordOf } from "@septet/stock-contracts";
export type StockMovement = RecordOf<"StockMovement">;
export interface Session {
  // biome-ignore lint/suspicious/noExplicitAny: rows are typed where they are read
  query<T = any>(sql: string, params?: unknown[]): Promise<T[]>;
}
export interface InboundMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string | null;
  readonly value: Buffer | null;
  readonly headers: Record<string, string>;
  readonly timestamp: number;
}
