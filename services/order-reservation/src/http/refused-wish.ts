import { type Answer, conflict, problemAnswer } from "@septet/service-kit";
import { type Language, type OutcomeKind, outcomeText, type ReasonCode } from "@septet/stock-contracts";

/** A wish of which nothing was carried out, and what of its body is the cause. */
export interface RefusedWish<K extends OutcomeKind> {
  /** The problem's slug and title. */
  readonly type: string;
  readonly title: string;
  /** The closed list that the code is of. */
  readonly kind: K;
  readonly code: ReasonCode<K>;
  /** The list in the body, and which of its items; null: none of them alone. */
  readonly list: "lines" | "items";
  readonly index: number | null;
}

/** 409 with the code and the field, told in the language asked for. No reason says what is left anywhere. */
export function refusedWish<K extends OutcomeKind>(
  { type, title, kind, code, list, index }: RefusedWish<K>,
  asked: Language | null,
  extra: Record<string, unknown> = {},
): Answer {
  const field = index === null ? "body" : `body.${list}[${index}]`;
  const errors = [{ field, reason: outcomeText(kind, code, asked) }];
  return problemAnswer(conflict(type, title, { ...extra, code, errors }));
}
