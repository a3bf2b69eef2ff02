import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { SliceMetrics } from "./slice-queue.js";

const SLICE_SIZES = [1, 2, 5, 10, 20, 50, 100, 200, 500];
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface MessagingMetrics {
  readonly consumerLag: Gauge<"group" | "topic" | "partition">;
  readonly consumerRestarts: Counter<"group">;
  readonly consumerRetries: Counter<"group">;
  readonly outboxDepth: Gauge;
  readonly outboxAgeSeconds: Gauge;
  readonly outboxSent: Counter;
  readonly outboxRoundSeconds: Histogram;
  readonly relayActive: Gauge;
  readonly relayFailures: Counter;
  readonly gapsOpen: Gauge;
  readonly gapAgeSeconds: Gauge;
  readonly deadLetters: Counter<"topic" | "code">;
  readonly retries: Counter<"reason">;
  /** What a SliceQueue of this name reports. */
  slices(queue: string): SliceMetrics;
}

/** Registers messaging's metrics, all prefixed `septet_`. Once per registry. */
export function createMessagingMetrics(registry: Registry): MessagingMetrics {
  const registers = [registry];
  const gauge = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Gauge<L>({ name, help, labelNames, registers });
  const counter = <L extends string>(name: string, help: string, labelNames: L[] = []) =>
    new Counter<L>({ name, help, labelNames, registers });
  const histogram = <L extends string>(name: string, help: string, buckets: number[], labelNames: L[] = []) =>
    new Histogram<L>({ name, help, buckets, labelNames, registers });

  return {
    consumerLag: gauge("septet_consumer_lag_messages", "Messages not yet settled by the group.", [
      "group",
      "topic",
      "partition",
    ]),
    consumerRestarts: counter("septet_consumer_restarts_total", "Times a consumer was made anew.", ["group"]),
    consumerRetries: counter("septet_consumer_retries_total", "Slices handed over again.", ["group"]),
    outboxDepth: gauge("septet_outbox_unpublished_rows", "Outbox rows not acknowledged by Kafka, up to 100,000."),
    outboxAgeSeconds: gauge("septet_outbox_age_seconds", "Age of the oldest outbox row not acknowledged by Kafka."),
    outboxSent: counter("septet_outbox_sent_total", "Outbox rows sent and marked."),
    outboxRoundSeconds: histogram("septet_outbox_round_seconds", "One round of the relay: read, send, mark.", SECONDS),
    relayActive: gauge("septet_relay_active", "1 while this process holds the relay's lock."),
    relayFailures: counter("septet_relay_failures_total", "Rounds of the relay that failed."),
    gapsOpen: gauge("septet_stream_gaps_open", "Streams with movements missing."),
    gapAgeSeconds: gauge("septet_stream_gap_age_seconds", "Age of the oldest open gap."),
    deadLetters: counter("septet_dead_letters_total", "Messages put aside.", ["topic", "code"]),
    retries: counter("septet_transaction_retries_total", "Transactions tried again: deadlock, lock timeout, …", [
      "reason",
    ]),
    slices: sliceMetrics(gauge, counter, histogram),
  };
}

type MakeGauge = <L extends string>(name: string, help: string, labelNames?: L[]) => Gauge<L>;
type MakeCounter = <L extends string>(name: string, help: string, labelNames?: L[]) => Counter<L>;
type MakeHistogram = <L extends string>(
  name: string,
  help: string,
  buckets: number[],
  labelNames?: L[],
) => Histogram<L>;

function sliceMetrics(gauge: MakeGauge, counter: MakeCounter, histogram: MakeHistogram) {
  const size = histogram("septet_slice_items", "Items settled in one transaction.", SLICE_SIZES, ["queue"]);
  const seconds = histogram("septet_slice_seconds", "Time to settle a slice.", SECONDS, ["queue"]);
  const retries = counter("septet_slice_retries_total", "Slices tried again after a transient fault.", ["queue"]);
  const bisections = counter("septet_slice_bisections_total", "Slices halved to find a culprit.", ["queue"]);
  const poisoned = counter("septet_slice_poisoned_total", "Items that could not be settled.", ["queue"]);
  const waiting = gauge("septet_slice_queued_items", "Items that wait for a slice.", ["queue"]);
  return (queue: string): SliceMetrics => {
    const labels = { queue };
    return {
      settled: (items, took) => {
        size.observe(labels, items);
        seconds.observe(labels, took);
      },
      retried: () => retries.inc(labels),
      bisected: () => bisections.inc(labels),
      poisoned: () => poisoned.inc(labels),
      queued: (items) => waiting.set(labels, items),
    };
  };
}
