/** What a supplier or operator is told of. */
export const NOTICE_KINDS = [
  "LOW_STOCK",
  "OFFER_STALE",
  "REPORT_DUE",
  "REPORT_LATE",
  "BIG_CHANGE_LATE",
  "ORDERS_SENT",
  "CONFIRMATION_LATE",
  "KEPT_STOCK_SHORT",
  "STOPPED",
  "RECONCILIATION_DUE",
] as const;
export type NoticeKind = (typeof NOTICE_KINDS)[number];

export type NoticeLanguage = "en" | "zh";

/** Something that somebody is to be told once, in the language of the channel that it goes to. */
export interface Notice {
  /** The same thing has the same id, however often it is found: channels are told an id once. */
  readonly noticeId: string;
  readonly kind: NoticeKind;
  readonly supplierId: string;
  /** When it came to pass, epoch ms. */
  readonly at: number;
  readonly title: string;
  /** Paragraphs of plain text. Never a quantity of ours: a supplier may read it. */
  readonly lines: readonly string[];
  /** Where to go, if anywhere. */
  readonly link: string | null;
}

/** The request that brings a notice to a channel; nothing of it is a secret but the url and the signature. */
export interface NoticeRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
}

/** The notice as one plain text: title, lines and link, each a line of its own. */
export function plainText({ title, lines, link }: Pick<Notice, "title" | "lines" | "link">): string {
  return [title, ...lines, ...(link === null ? [] : [link])].join("\n");
}

const CUT = "…";

/** A text of no more than so many UTF-8 bytes, cut between characters; what was cut ends in an ellipsis. */
export function cutToBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  let bytes = Buffer.byteLength(CUT);
  let kept = "";
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > maxBytes) break;
    kept += character;
  }
  return kept + CUT;
}

/** A text of no more than so many UTF-16 units, cut between characters; what was cut ends in an ellipsis. */
export function cutToChars(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  let kept = "";
  for (const character of text) {
    if (kept.length + character.length + CUT.length > maxChars) break;
    kept += character;
  }
  return kept + CUT;
}
