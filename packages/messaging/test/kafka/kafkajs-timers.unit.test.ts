import { createRequire } from "node:module";
import { describe, expect, test } from "@jest/globals";
import { MENDED_KAFKAJS_VERSION, mendRequestQueue } from "../../src/kafka/kafkajs-timers.js";
import { silentLogger } from "../../src/logger.js";
import { eventually } from "../support/eventually.js";

const require = createRequire(import.meta.url);
const RequestQueue = require("kafkajs/src/network/requestQueue");
const original = RequestQueue.prototype.scheduleCheckPendingRequests;

function queueOf() {
  return new RequestQueue({
    maxInFlightRequests: 1,
    requestTimeout: 30_000,
    enforceRequestTimeout: false,
    clientId: "test",
    broker: "127.0.0.1:1",
    logger: silentLogger,
  });
}

function requestOf(correlationId: number, sent: number[]) {
  return {
    entry: { correlationId, resolve: () => undefined, reject: () => undefined, apiName: "Fetch", apiKey: 1 },
    expectResponse: true,
    sendRequest: () => sent.push(correlationId),
  };
}

/** Seeing that nothing happens takes a while: the checks of the queue in 50 ms after a request was answered and nothing waits. */
async function checksWhenIdle(): Promise<number> {
  const queue = queueOf();
  let checks = 0;
  const check = queue.checkPendingRequests.bind(queue);
  queue.checkPendingRequests = () => {
    checks++;
    check();
  };
  queue.push(requestOf(1, []));
  queue.fulfillRequest({ correlationId: 1, payload: {}, size: 0 });
  await new Promise((resolve) => setTimeout(resolve, 50));
  queue.destroy();
  return checks;
}

describe("kafkajs's timers", () => {
  test(`are mended for the release that is installed, ${MENDED_KAFKAJS_VERSION}`, () => {
    expect(require("kafkajs/package.json").version).toBe(MENDED_KAFKAJS_VERSION);
  });

  test("an idle connection no longer looks for requests every millisecond", async () => {
    RequestQueue.prototype.scheduleCheckPendingRequests = original;
    const before = await checksWhenIdle();
    mendRequestQueue();
    const after = await checksWhenIdle();
    expect(before).toBeGreaterThan(after);
    expect(after).toBe(1);
  });

  test("a request that waits for a throttled broker is sent when the throttle ends", async () => {
    mendRequestQueue();
    const sent: number[] = [];
    const queue = queueOf();
    queue.maybeThrottle(30);
    queue.push(requestOf(1, sent));
    expect(sent).toEqual([]);
    await eventually(() => expect(sent).toEqual([1]));
    queue.destroy();
  });

  test("a request that waits for another is sent when that one is answered", () => {
    mendRequestQueue();
    const sent: number[] = [];
    const queue = queueOf();
    queue.push(requestOf(1, sent));
    queue.push(requestOf(2, sent));
    expect(sent).toEqual([1]);
    queue.fulfillRequest({ correlationId: 1, payload: {}, size: 0 });
    expect(sent).toEqual([1, 2]);
    queue.destroy();
  });
});
