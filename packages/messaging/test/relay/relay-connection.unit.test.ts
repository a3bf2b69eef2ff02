import { EventEmitter } from "node:events";
import { describe, expect, test } from "@jest/globals";
import type pg from "pg";
import { RelayConnection } from "../../src/relay/relay-connection.js";

describe("the relay's connection", () => {
  test("one that connects and then refuses its settings is closed, so that retrying does not use up the database", async () => {
    let ended = 0;
    const client = Object.assign(new EventEmitter(), {
      connect: async () => undefined,
      query: () => Promise.reject(new Error("unrecognized configuration parameter")),
      end: async () => void ended++,
    });
    await expect(RelayConnection.open("postgres://", () => client as unknown as pg.Client)).rejects.toThrow("unrecog");
    expect(ended).toBe(1);
  });
});
