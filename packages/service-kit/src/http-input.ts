import type { Request } from "express";
import type { z } from "zod";
import { MAX_IDEMPOTENCY_KEY_CHARS } from "./idempotency.js";
import { type FieldProblem, invalid, Problem } from "./problem.js";
import type { Route } from "./route.js";

/** Longest JSON body, bytes. */
export const MAX_BODY_BYTES = 1_048_576;

/** Checks one part of a request. @throws Problem 400 naming each wrong field. */
export function checked(schema: z.ZodType | undefined, value: unknown, part: string): unknown {
  if (schema === undefined) return value;
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(parsed.error.issues.flatMap((issue) => fieldProblems(issue, part)));
}

function fieldProblems(issue: z.core.$ZodIssue, part: string): FieldProblem[] {
  const at = (path: readonly PropertyKey[]) =>
    path.reduce<string>(
      (field, step) => (typeof step === "number" ? `${field}[${step}]` : `${field}.${String(step)}`),
      part,
    );
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({ field: at([...issue.path, key]), reason: "is not known here" }));
  }
  return [{ field: at(issue.path), reason: issue.message }];
}

/** The key of a POST. @throws Problem 400 when it is missing or too long. */
export function idempotencyKeyOf(request: Request): string {
  const key = request.get("idempotency-key")?.trim() ?? "";
  if (request.method !== "POST") return key;
  if (key === "") {
    const title = "Every POST needs an Idempotency-Key header";
    throw new Problem({ status: 400, type: "idempotency-key-missing", title });
  }
  if (key.length > MAX_IDEMPOTENCY_KEY_CHARS) {
    const title = `An Idempotency-Key has at most ${MAX_IDEMPOTENCY_KEY_CHARS} characters`;
    throw new Problem({ status: 400, type: "idempotency-key-too-long", title });
  }
  return key;
}

/** Whether the request carries a body at all. */
export function hasBody(request: Request): boolean {
  return request.headers["transfer-encoding"] !== undefined || Number(request.headers["content-length"] ?? 0) > 0;
}

/** How the body of a request is taken: not at all, as JSON, or as a raw stream. @throws Problem 415 for another type. */
export function bodyKind(route: Route, request: Request): "none" | "json" | "bulk" {
  if (!hasBody(request)) return "none";
  const type = mediaTypeOf(request);
  if (route.bulk.includes(type)) return "bulk";
  if (type === "application/json" || type.endsWith("+json")) return "json";
  const accepted = ["application/json", ...route.bulk];
  throw new Problem({
    status: 415,
    type: "unsupported-media-type",
    title: "The body's content type is not taken here",
    detail: `Takes ${accepted.join(", ")}`,
    headers: { accept: accepted.join(", ") },
  });
}

/** The media type without its parameters, in lower case. */
export function mediaTypeOf(request: Request): string {
  return (request.headers["content-type"] ?? "").split(";")[0]!.trim().toLowerCase();
}

/** What the JSON parser refused, as a problem. */
export function bodyProblem(error: unknown): Problem | undefined {
  const { type, status, limit } = error as { type?: string; status?: number; limit?: number };
  if (type === "entity.too.large") {
    const title = `A JSON body has at most ${limit ?? MAX_BODY_BYTES} bytes here`;
    return new Problem({ status: 413, type: "body-too-large", title });
  }
  if (type === "entity.parse.failed") {
    return new Problem({ status: 400, type: "malformed-json", title: "The body is not JSON" });
  }
  if (type === "charset.unsupported" || type === "encoding.unsupported") {
    return new Problem({ status: 415, type: "unsupported-media-type", title: "The body's encoding is not taken here" });
  }
  if (type === "request.size.invalid" || type === "request.aborted" || type === "stream.encoding.set") {
    return new Problem({ status: 400, type: "incomplete-body", title: "The body did not arrive whole" });
  }
  if (error instanceof URIError || status === 400) {
    return new Problem({ status: 400, type: "invalid-request", title: "The request is not valid" });
  }
  return undefined;
}
