import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { movementDraft } from "@septet/stock-contracts";
import { z } from "zod";
import {
  answerOnce,
  claimState,
  conflict,
  createAuthenticator,
  deleteOldKeys,
  IDEMPOTENCY_DAYS,
  idempotencyClaim,
  invalid,
  route,
  transact,
} from "../src/index.js";
import { type Served, serve } from "./http-harness.js";
import { closeStack, type KitDatabase, openKitDatabase } from "./kit-database.js";

let kit: KitDatabase;
let other: KitDatabase["db"];
let served: Served;
let second: Served;

const receiptsOn = (db: () => KitDatabase["db"]) =>
  route({
    method: "POST",
    path: "/v1/receipts",
    roles: ["warehouse"],
    summary: "Receive",
    body: z.object({
      sku: z.string(),
      quantity: z.number(),
      refuse: z.enum(["conflict", "invalid", "bug"]).optional(),
    }),
    responses: { 201: "received" },
    handler: (context) =>
      answerOnce(db(), context, { skus: [context.body.sku] }, async (unit) => {
        const { sku, quantity, refuse } = context.body;
        const reference = { type: "receipt" as const, id: "r" };
        const movement = unit.record(movementDraft("RECEIPT", "sellable", { sku, quantity, at: "wuhan", reference }));
        if (refuse === "conflict") throw conflict("not-on-hand", "Not on hand");
        if (refuse === "invalid") throw invalid([{ field: "body.sku", reason: "is not known" }]);
        if (refuse === "bug") throw new Error("bug");
        return { status: 201, body: { movementId: movement.movementId, sequence: movement.sequence } };
      }),
  });

beforeAll(async () => {
  kit = await openKitDatabase();
  other = await kit.another();
  served = await serve([receiptsOn(() => kit.db)], { auth: createAuthenticator({ mode: "none" }) });
  second = await serve([receiptsOn(() => other)], { auth: createAuthenticator({ mode: "none" }) });
});
afterAll(async () => {
  await served.close();
  await second.close();
  await kit.stop();
  await closeStack();
});
beforeEach(() => kit.db.query(`TRUNCATE outbox, idempotency_key`));

const receive = (json: object, key: string, at: Served = served) =>
  at.call("POST", "/v1/receipts", { json, headers: { "idempotency-key": key } });
const effects = async () => (await kit.outbox()).length;

describe("the same request again", () => {
  test("fifty at once, on two instances, have one effect and fifty equal answers", async () => {
    const key = randomUUID();
    const calls = Array.from({ length: 50 }, (_, i) =>
      receive({ sku: "socks", quantity: 3 }, key, i % 2 ? served : second),
    );
    const answers = await Promise.all(calls);
    expect(answers.map((answer) => answer.status)).toEqual(Array(50).fill(201));
    expect(new Set(answers.map((answer) => answer.text)).size).toBe(1);
    expect(answers.filter((answer) => answer.headers.get("idempotency-replayed") === "true").length).toBe(49);
    expect(await effects()).toBe(1);
  });

  test("later it gets the same answer", async () => {
    const first = await receive({ sku: "hats", quantity: 1 }, "k-1");
    const again = await receive({ quantity: 1, sku: "hats" }, "k-1");
    expect(again.text).toBe(first.text);
    expect(await effects()).toBe(1);
  });

  test("the same key with another body is refused and does nothing", async () => {
    await receive({ sku: "hats", quantity: 1 }, "k-2");
    const reused = await receive({ sku: "hats", quantity: 2 }, "k-2");
    expect(reused.status).toBe(409);
    expect(reused.json.type).toBe("https://septet.dev/problems/idempotency-key-reused");
    expect((await receive({ sku: "hats", quantity: 1 }, "k-2")).status).toBe(201);
    expect(await effects()).toBe(1);
  });

  test("a refusal by the facts is the answer for ever, and what was begun is undone", async () => {
    const first = await receive({ sku: "hats", quantity: 1, refuse: "conflict" }, "k-3");
    const again = await receive({ sku: "hats", quantity: 1, refuse: "conflict" }, "k-3");
    expect(first.status).toBe(409);
    expect(first.headers.get("content-type")).toContain("application/problem+json");
    expect([again.status, again.json]).toEqual([409, first.json]);
    expect(again.headers.get("content-type")).toContain("application/problem+json");
    expect(again.headers.get("idempotency-replayed")).toBe("true");
    expect(await effects()).toBe(0);
  });

  test.each(["invalid", "bug"])("after an answer that is not kept (%s) the key is free", async (refuse) => {
    const failed = await receive({ sku: "hats", quantity: 1, refuse }, "k-4");
    expect(failed.status).toBe(refuse === "invalid" ? 400 : 500);
    expect((await receive({ sku: "hats", quantity: 1 }, "k-4")).status).toBe(201);
    expect(await effects()).toBe(1);
  });
});

describe("whose key it is", () => {
  const context = {
    actor: { subject: "ann", roles: [] },
    method: "POST",
    path: "/v1/receipts",
    idempotencyKey: "k",
    bodyHash: "h",
  };

  test("a key belongs to caller, method and path", () => {
    const ids = [
      context,
      { ...context, actor: { subject: "bo", roles: [] } },
      { ...context, method: "PUT" },
      { ...context, path: "/v1/returns" },
      { ...context, idempotencyKey: "l" },
    ].map((c) => idempotencyClaim(c).id);
    expect(new Set(ids).size).toBe(5);
    expect(idempotencyClaim({ ...context, bodyHash: "other" }).id).toBe(ids[0]);
  });

  test("no choice of names makes two callers share a key", () => {
    const one = idempotencyClaim({ ...context, actor: { subject: "ann\nPOST", roles: [] }, method: "X" });
    const two = idempotencyClaim({ ...context, actor: { subject: "ann", roles: [] }, method: "POST\nX" });
    expect(one.id).not.toBe(two.id);
  });

  test("two requests with one key in one slice: the second finds the first one's answer", async () => {
    const claim = idempotencyClaim(context);
    const kinds = await transact(kit.db, { idempotency: [claim, claim] }, async (unit) => {
      const first = claimState(unit, claim);
      unit.answer(claim, { status: 201, body: { n: 1 } });
      return [first, claimState(unit, claim), claimState(unit, { ...claim, bodyHash: "x" })].map((state) => state.kind);
    });
    expect(kinds).toEqual(["fresh", "stored", "reused"]);
    const later = await transact(other, { idempotency: [claim] }, async (unit) => claimState(unit, claim));
    expect(later).toEqual({ kind: "stored", answer: { status: 201, body: { n: 1 }, bodyHash: "h" } });
  });

  test("an answer without its claim is a mistake", async () => {
    const claim = idempotencyClaim(context);
    await expect(transact(kit.db, {}, async (unit) => unit.answer(claim, { status: 200 }))).rejects.toThrow(
      "did not claim",
    );
  });

  test("keys are kept seven days", async () => {
    await receive({ sku: "hats", quantity: 1 }, "young");
    await receive({ sku: "hats", quantity: 1 }, "old");
    const age = (key: string, hours: number) =>
      kit.db.query(`UPDATE idempotency_key SET created_at = now() - $1 * interval '1 hour' WHERE key = $2`, [
        hours,
        key,
      ]);
    await age("young", IDEMPOTENCY_DAYS * 24 - 1);
    await age("old", IDEMPOTENCY_DAYS * 24 + 1);
    expect(await deleteOldKeys(kit.db)).toBe(1);
    expect(await kit.db.query(`SELECT key FROM idempotency_key`)).toEqual([{ key: "young" }]);
  });
});
