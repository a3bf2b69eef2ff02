import { describe, expect, test } from "@jest/globals";
import { type Actor, ROLES } from "../src/index.js";
import { VerifiedTokens } from "../src/verified-tokens.js";

const ann: Actor = { subject: "ann", roles: ROLES };
const NEVER = Number.POSITIVE_INFINITY;

describe("tokens verified a moment ago", () => {
  test("are not verified again until their time is over, on whichever clock that is", () => {
    const clock = { wall: 1_000_000, monotonic: 0 };
    const tokens = new VerifiedTokens(60_000, { now: () => clock.wall, elapsed: () => clock.monotonic });
    tokens.remember("long", ann, NEVER);
    tokens.remember("short", ann, 1_010_000);
    expect(tokens.actorOf("other")).toBeUndefined();
    clock.wall = 1_009_999;
    clock.monotonic = 59_999;
    expect(tokens.actorOf("long")).toBe(ann);
    expect(tokens.actorOf("short")).toBe(ann);
    clock.wall = 1_010_000;
    expect(tokens.actorOf("short")).toBeUndefined();
    clock.monotonic = 60_000;
    expect(tokens.actorOf("long")).toBeUndefined();
  });

  test("are bounded: whoever sends ever new ones fills no memory, and the newest are known", () => {
    const tokens = new VerifiedTokens(60_000);
    for (let i = 0; i <= 1_000; i++) tokens.remember(`token ${i}`, ann, NEVER);
    expect(tokens.actorOf("token 0")).toBeUndefined();
    expect(tokens.actorOf("token 1")).toBe(ann);
    expect(tokens.actorOf("token 1000")).toBe(ann);
  });

  test("are not remembered where nothing may be", () => {
    const tokens = new VerifiedTokens(0);
    tokens.remember("token", ann, NEVER);
    expect(tokens.actorOf("token")).toBeUndefined();
  });
});
