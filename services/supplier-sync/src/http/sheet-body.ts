import { createHash } from "node:crypto";
import { Problem, type RequestContext } from "@septet/service-kit";
import { SHEET_LIMITS } from "../sheets/limits.js";

const { MAX_SHEET_BYTES } = SHEET_LIMITS;

/** A sheet as it came, and the hash that its idempotency key stands for. */
export interface SheetBody {
  readonly bytes: Buffer;
  /** sha256 of the bytes and of what the query adds to them, hex. */
  readonly hash: string;
}

/**
 * Takes in a sheet; of one that is longer than allowed no more than that is ever held.
 * @throws Problem 400 when it broke off or there is none, 413 when it is too long.
 */
export async function sheetBody({ bulk, query }: RequestContext<unknown, unknown, unknown>): Promise<SheetBody> {
  if (bulk === undefined)
    throw new Problem({ status: 400, type: "sheet-missing", title: "Send the sheet as the body" });
  const chunks: Buffer[] = [];
  let lengthBytes = 0;
  try {
    for await (const chunk of bulk.stream as AsyncIterable<Buffer>) {
      lengthBytes += chunk.length;
      if (lengthBytes > MAX_SHEET_BYTES) throw tooLong();
      chunks.push(chunk);
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem({ status: 400, type: "incomplete-body", title: "The sheet broke off before its end" });
  }
  const bytes = Buffer.concat(chunks);
  const hash = createHash("sha256").update(JSON.stringify(query)).update("\0").update(bytes).digest("hex");
  return { bytes, hash };
}

/** The rest is not read: the connection ends with the answer. */
function tooLong(): Problem {
  const title = `A sheet has at most ${MAX_SHEET_BYTES} bytes: send it in parts`;
  return new Problem({ status: 413, type: "body-too-large", title, headers: { connection: "close" } });
}
