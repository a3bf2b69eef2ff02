import type { RecordName, RecordOf } from "@septet/stock-contracts";
import type { InboundMessage, Session } from "./seams.js";
export interface OutboxRow {
  readonly topic: string;
  readonly key: string;
  readonly value: Buffer | null;
  readonly headers?: Record<string, string>;
  readonly eventId?: string;
  readonly sku?: string;
  readonly sequence?: number;
}
export interface Health {
  readonly ok: boolean;
  readonly reason?: string;
}
export interface Consumption {
  stop(): Promise<void>;
  health(): Health;
  lag(): Promise<{ topic: string; partition: number; lag: number }[]>;
}
export interface EventLog {
  publish(
    records: readonly { topic: string; key: string; value: Buffer | null; headers?: Record<string, string> }[],
  ): Promise<void>;
  consume(o: {
    groupId: string;
    topics: readonly string[];
    maxSliceMessages: number;
    handle(slice: readonly InboundMessage[]): Promise<void>;
    onFatal(e: Error): void;
  }): Promise<Consumption>;
  endOffsets(topic: string): Promise<Map<number, number>>;
  committedOffsets(groupId: string, topic: string): Promise<Map<number, number>>;
  read(o: {
    topic: string;
    from: ReadonlyMap<number, number> | "earliest";
    visit(m: InboundMessage): void | Promise<void>;
  }): Promise<void>;
  health(): Health;
  close(): Promise<void>;
}
export type Decoded =
  | { ok: true; name: RecordName; value: RecordOf<RecordName> }
  | { ok: false; error: { code: string; message: string } };
export interface Codec {
  register(names: readonly RecordName[]): Promise<void>;
  encode<N extends RecordName>(name: N, value: RecordOf<N>): Buffer;
  decode(message: InboundMessage): Decoded | Promise<Decoded>;
}
// biome-ignore lint/suspicious/noExplicitAny: stands in
const todo: any = undefined;
export const claimInbox: (session: Session, consumer: string, ids: readonly string[]) => Promise<ReadonlySet<string>> =
  todo;
export const appendToOutbox: (session: Session, rows: OutboxRow[]) => Promise<void> = todo;
export const recordConsumed: (session: Session, groupId: string, m: readonly InboundMessage[]) => Promise<void> = todo;
export const deadLetterRow: (service: string, m: InboundMessage, e: { code: string; message: string }) => OutboxRow =
  todo;
export const takePositions: (
  session: Session,
  movements: readonly { recordedBy: string; sku: string; sequence: number }[],
) => Promise<boolean[]> = todo;
