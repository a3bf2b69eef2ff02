import type { Readable } from "node:stream";
import { TextDecoder } from "node:util";
import { type Entry, fromBufferPromise, type ZipFile } from "yauzl";
import { isEncodingFault } from "./csv-encoding.js";
import { UnreadableSheet } from "./faults.js";
import { SHEET_LIMITS } from "./limits.js";

const DEFLATED = 8;
const STORED = 0;

/** The parts of an XLSX, which is a ZIP archive: named, sized, and read one at a time. */
export interface XlsxParts {
  has(name: string): boolean;
  /** The text of a part in pieces. @throws UnreadableSheet when it is missing, damaged, or unpacks to more than allowed. */
  read(name: string, maxBytes: number): AsyncGenerator<string>;
}

/**
 * Opens an archive by its directory. Nothing is unpacked yet; a part that unpacks to more than the directory says is cut off
 * when it is read, so that what is checked here holds.
 * @throws UnreadableSheet when it is none, or not whole.
 */
export async function openXlsx(bytes: Buffer): Promise<XlsxParts> {
  const entries = new Map<string, Entry>();
  const zip = await damagedUnless(async () => {
    const opened = await fromBufferPromise(bytes, { lazyEntries: true });
    if (opened.entryCount > SHEET_LIMITS.MAX_XLSX_PARTS) throw new UnreadableSheet("XLSX_TOO_LARGE", "parts");
    for await (const entry of opened.eachEntry()) {
      // Two parts of one name: what one program shows is not what another reads.
      if (entries.has(entry.fileName)) throw new UnreadableSheet("DAMAGED_XLSX", "a part is there twice");
      entries.set(entry.fileName, entry);
    }
    return opened;
  });
  return {
    has: (name) => entries.has(name),
    read: (name, maxBytes) => partText(zip, entries.get(name), name, maxBytes),
  };
}

async function* partText(
  zip: ZipFile,
  entry: Entry | undefined,
  name: string,
  maxBytes: number,
): AsyncGenerator<string> {
  if (entry === undefined) throw new UnreadableSheet("DAMAGED_XLSX", `${name} is missing`);
  if (entry.isEncrypted()) throw new UnreadableSheet("OLD_EXCEL");
  const { compressionMethod, uncompressedSize } = entry;
  if (compressionMethod !== DEFLATED && compressionMethod !== STORED) throw new UnreadableSheet("DAMAGED_XLSX", name);
  if (uncompressedSize > maxBytes) throw new UnreadableSheet("XLSX_TOO_LARGE", name);
  const stream = await damagedUnless(() => zip.openReadStreamPromise(entry));
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for await (const chunk of chunksOf(stream)) yield decodedXml(decoder, chunk, name);
    yield decodedXml(decoder, undefined, name);
  } finally {
    stream.destroy();
  }
}

/** An error of the stream is one of the archive: nothing else can go wrong in memory. */
async function* chunksOf(stream: Readable): AsyncGenerator<Buffer> {
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (;;) {
    const next = await damagedUnless(() => chunks.next());
    if (next.done === true) return;
    yield next.value;
  }
}

function decodedXml(decoder: TextDecoder, chunk: Buffer | undefined, name: string): string {
  try {
    return chunk === undefined ? decoder.decode() : decoder.decode(chunk, { stream: true });
  } catch (error) {
    if (isEncodingFault(error)) throw new UnreadableSheet("DAMAGED_XLSX", `${name} is not UTF-8`);
    throw error;
  }
}

/** What the archive's reader refuses is the archive's fault. */
async function damagedUnless<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UnreadableSheet) throw error;
    throw new UnreadableSheet("DAMAGED_XLSX", (error as Error).message);
  }
}
