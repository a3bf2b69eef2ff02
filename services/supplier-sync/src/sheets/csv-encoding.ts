import { isUtf8 } from "node:buffer";
import { UnreadableSheet } from "./faults.js";

/** The encodings that sheets come in; the same as `TextDecoder` calls them. */
export type SheetEncoding = "utf-8" | "gb18030";

const CHUNK_BYTES = 65_536;
const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const OLD_EXCEL_MARK = Buffer.from([0xd0, 0xcf, 0x11, 0xe0]);
const startsWith = (bytes: Buffer, mark: Buffer) => bytes.subarray(0, mark.length).equals(mark);

/**
 * The encodings in which these bytes are whole text, the likelier first: a byte order mark decides; else UTF-8 wherever the
 * bytes are, and GB18030 after it, since a short sheet can be both.
 * @throws UnreadableSheet when there is none.
 */
export function encodingsOf(bytes: Buffer): readonly SheetEncoding[] {
  if (startsWith(bytes, OLD_EXCEL_MARK)) throw new UnreadableSheet("OLD_EXCEL");
  if (startsWith(bytes, Buffer.from([0xff, 0xfe])) || startsWith(bytes, Buffer.from([0xfe, 0xff]))) {
    throw new UnreadableSheet("WRONG_ENCODING", "UTF-16");
  }
  if (bytes.includes(0)) throw new UnreadableSheet("NOT_TEXT");
  const utf8 = isUtf8(bytes);
  if (startsWith(bytes, UTF8_MARK)) {
    if (!utf8) throw new UnreadableSheet("WRONG_ENCODING");
    return ["utf-8"];
  }
  const encodings: SheetEncoding[] = utf8 ? ["utf-8"] : [];
  if (isGb18030(bytes)) encodings.push("gb18030");
  if (encodings.length === 0) throw new UnreadableSheet("WRONG_ENCODING");
  return encodings;
}

function isGb18030(bytes: Buffer): boolean {
  const chunks = decodedChunks(bytes, "gb18030");
  try {
    while (!chunks.next().done);
    return true;
  } catch (error) {
    if (isEncodingFault(error)) return false;
    throw error;
  }
}

/** Whether a decoder refused bytes that are not of its encoding. */
export const isEncodingFault = (error: unknown): boolean =>
  (error as { readonly code?: unknown }).code === "ERR_ENCODING_INVALID_ENCODED_DATA";

/** The text piece by piece, without its byte order mark. @throws an encoding fault where the bytes are not of this encoding. */
export function* decodedChunks(bytes: Buffer, encoding: SheetEncoding): Generator<string> {
  const decoder = new TextDecoder(encoding, { fatal: true });
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES) {
    yield decoder.decode(bytes.subarray(start, start + CHUNK_BYTES), { stream: true });
  }
  yield decoder.decode();
}
