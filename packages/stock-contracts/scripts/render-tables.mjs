/** The tables of README.md, made from the contracts themselves (the package must be built). */
import { ACCOUNTS, BUCKET_TEXTS, MOVEMENT_KINDS, OUTCOME_REASONS, OWNER, TOPICS } from "../dist/index.js";

function table(head, rows) {
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function legsText(template, signed) {
  const marks = signed ? { 1: "±", "-1": "∓" } : { 1: "+", "-1": "−" };
  return Object.entries(template)
    .map(([role, signs]) => {
      const legs = Object.entries(signs).map(([account, sign]) => `${account}${marks[sign]}q`);
      return (role === "at" ? "" : `${role}: `) + legs.join(", ");
    })
    .join("; ");
}

function kindRow([kind, { meaning, recordedBy, variants, signed, reversible, correctsBook }]) {
  const legs = Object.values(variants)
    .map((template) => legsText(template, signed))
    .join(", or ");
  const notes = [reversible && "can be reversed", correctsBook && "corrects the book only"].filter(Boolean);
  return [`\`${kind}\``, meaning, legs || "none", recordedBy, notes.join("; ")];
}

function topicRow({ name, records, compacted, retentionMs }) {
  const kept = compacted ? "last of each key" : retentionMs < 0 ? "for ever" : `${retentionMs / 86_400_000} days`;
  return [`\`${name}\``, records.map((record) => `\`${record}\``).join(", ") || "what others sent", kept];
}

/** Table name → markdown; README.md holds each between `<!-- name -->` and `<!-- /name -->`. */
export const TABLES = {
  buckets: table(
    ["bucket", "中文", "meaning", "owner"],
    ACCOUNTS.map((account) => [
      `\`${account}\``,
      BUCKET_TEXTS[account].zh,
      BUCKET_TEXTS[account].meaning,
      OWNER[account],
    ]),
  ),
  movements: table(
    ["kind", "meaning", "legs (q > 0)", "recorded by", "notes"],
    Object.entries(MOVEMENT_KINDS).map(kindRow),
  ),
  reasons: table(
    ["outcome", "code", "meaning", "English", "中文"],
    Object.entries(OUTCOME_REASONS).flatMap(([kind, reasons]) =>
      Object.entries(reasons).map(([code, { meaning, en, zh }]) => [`\`${kind}\``, `\`${code}\``, meaning, en, zh]),
    ),
  ),
  topics: table(["topic", "records", "kept"], Object.values(TOPICS).map(topicRow)),
};
