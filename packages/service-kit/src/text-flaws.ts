import type { FieldProblem } from "./problem.js";

/** PostgreSQL stores no NUL, and half a surrogate pair comes back as another text than was sent. */
const UNSTORABLE = /[\0\p{Cs}]/u;
/** Cheaper, and finds whole pairs too. */
const SUSPICIOUS = /[\0\ud800-\udfff]/;

const isStorable = (text: string): boolean => !SUSPICIOUS.test(text) || !UNSTORABLE.test(text);
/** Levels of arrays and objects in one another, at most. */
export const MAX_DEPTH_LEVELS = 32;

/** The first text that cannot be stored, or the place that lies too deep; undefined when all can be taken as they are. */
export function textFlaw(value: unknown, field: string): FieldProblem | undefined {
  return isFlawless(value, 0) ? undefined : firstFlaw(value, field, 0);
}

/** Nearly every message is: the names of its fields are put together only for one that is not. */
function isFlawless(value: unknown, depth: number): boolean {
  if (typeof value === "string") return isStorable(value);
  if (typeof value !== "object" || value === null || Buffer.isBuffer(value)) return true;
  if (depth === MAX_DEPTH_LEVELS) return false;
  if (Array.isArray(value)) {
    for (const member of value) if (!isFlawless(member, depth + 1)) return false;
    return true;
  }
  const members = value as Record<string, unknown>;
  for (const name of Object.keys(members)) {
    if (!isStorable(name) || !isFlawless(members[name], depth + 1)) return false;
  }
  return true;
}

function firstFlaw(value: unknown, field: string, depth: number): FieldProblem | undefined {
  if (typeof value === "string") {
    return isStorable(value) ? undefined : { field, reason: "holds a NUL or half a surrogate pair" };
  }
  if (typeof value !== "object" || value === null || Buffer.isBuffer(value)) return undefined;
  if (depth === MAX_DEPTH_LEVELS) return { field, reason: `lies deeper than ${MAX_DEPTH_LEVELS} levels` };
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const flaw = firstFlaw(value[i], `${field}[${i}]`, depth + 1);
      if (flaw !== undefined) return flaw;
    }
    return undefined;
  }
  for (const [name, member] of Object.entries(value)) {
    const flaw = firstFlaw(name, field, 0) ?? firstFlaw(member, `${field}.${name}`, depth + 1);
    if (flaw !== undefined) return flaw;
  }
  return undefined;
}
