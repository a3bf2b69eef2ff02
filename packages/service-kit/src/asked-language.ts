import type { IncomingMessage } from "node:http";
import { type Language, languageOf } from "@septet/stock-contracts";

/** Longer lists of languages are not read to their end. */
const MAX_RANGES = 20;

/**
 * The language that a request prefers among those that we speak (`Accept-Language`, RFC 9110), the first among equals; null:
 * it names none of them.
 */
export function askedLanguage({ headers }: Pick<IncomingMessage, "headers">): Language | null {
  let best: { language: Language; weight: number } | undefined;
  for (const range of (headers["accept-language"] ?? "").split(",").slice(0, MAX_RANGES)) {
    const [tag, ...parameters] = range.split(";");
    const language = languageOf(tag);
    const weight = weightOf(parameters);
    if (language !== null && weight > (best?.weight ?? 0)) best = { language, weight };
  }
  return best?.language ?? null;
}

/** From 0 (not at all) to 1; a weight that cannot be read counts as 0. */
function weightOf(parameters: readonly string[]): number {
  const named = parameters.map((parameter) => /^\s*q=(.*)$/i.exec(parameter)?.[1]).find((q) => q !== undefined);
  const weight = named === undefined ? 1 : Number(named);
  return weight >= 0 && weight <= 1 ? weight : 0;
}
