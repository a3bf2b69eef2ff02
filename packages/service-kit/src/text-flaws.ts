import type { FieldProblem } from "./problem.js";

/** PostgreSQL stores no NUL, and half a surrogate pair comes back as another text than was sent. */
const UNSTORABLE = /[\0\p{Cs}]/u;
/** Levels of arrays and objects in one another, at most. */
export const MAX_DEPTH_LEVELS = 32;

/** The first text that cannot be stored, or the place that lies too deep; undefined when all can be taken as they are. */
export function textFlaw(value: unknown, field: string, depth = 0): FieldProblem | undefined {
  if (typeof value === "string") {
    return UNSTORABLE.test(value) ? { field, reason: "holds a NUL or half a surrogate pair" } : undefined;
  }
  if (typeof value !== "object" || value === null || Buffer.isBuffer(value)) return undefined;
  if (depth === MAX_DEPTH_LEVELS) return { field, reason: `lies deeper than ${MAX_DEPTH_LEVELS} levels` };
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const flaw = textFlaw(value[i], `${field}[${i}]`, depth + 1);
      if (flaw !== undefined) return flaw;
    }
    return undefined;
  }
  for (const [name, member] of Object.entries(value)) {
    const flaw = textFlaw(name, field) ?? textFlaw(member, `${field}.${name}`, depth + 1);
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}
