/** What became of a publish: taken; taken but its acknowledgement lost; not taken; taken by some partitions only. */
export type PublishFate = "kept" | "unacknowledged" | "lost" | "partly";

/**
 * Who decides what happens next in a simulated world. A process of that world does nothing to the log by itself: it offers
 * what it would do, and the decider carries it out when it sees fit, one at a time.
 */
export interface SimulatedSteps {
  /** Offers work of the process. The promise settles with what the work gives, or never when the process has died. */
  take<T>(label: string, work: () => T): Promise<T>;
  /** A whole number from 0 to `below` − 1. */
  choose(below: number): number;
  /** How the publish that is about to happen ends. */
  publishFate(): PublishFate;
  /** Does the group's coordinator hear the commit that is about to happen? */
  commitHeard(): boolean;
  /** Resolves after `ms` of simulated time. */
  wait(ms: number): Promise<void>;
  /** Epoch ms of simulated time. */
  now(): number;
}
