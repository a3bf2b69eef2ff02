import sax from "sax";
import { UnreadableSheet } from "./faults.js";

/** What somebody wants to hear while XML is read. Names come without their namespace's prefix. */
export interface XmlListener {
  open(name: string, attributes: { readonly [name: string]: string }): void;
  close(name: string): void;
  text(piece: string): void;
}

/** Takes XML in pieces. */
export interface XmlReader {
  /** @throws UnreadableSheet where it is not well formed, or says what no sheet says. */
  write(piece: string): void;
  /** @throws UnreadableSheet where it ends in the middle. */
  end(): void;
}

const withoutPrefix = (name: string): string => name.slice(name.indexOf(":") + 1);

/** Reads XML without holding it: no entities but the five of XML, no document type, names and attributes bounded. */
export function xmlReader(part: string, listener: XmlListener): XmlReader {
  const damaged = (why: string) => new UnreadableSheet("DAMAGED_XLSX", `${part}: ${why}`);
  const parser = sax.parser(true, { position: false });
  parser.onerror = (error) => {
    throw damaged(error.message.split("\n")[0]!);
  };
  parser.ondoctype = () => {
    throw damaged("declares a document type");
  };
  parser.onopentag = ({ name, attributes }) => {
    const plain: Record<string, string> = {};
    for (const [attribute, value] of Object.entries(attributes)) plain[withoutPrefix(attribute)] = value as string;
    listener.open(withoutPrefix(name), plain);
  };
  parser.onclosetag = (name) => listener.close(withoutPrefix(name));
  parser.ontext = (piece) => listener.text(piece);
  parser.oncdata = (piece) => listener.text(piece);
  return { write: (piece) => void parser.write(piece), end: () => void parser.close() };
}

/** Reads a whole part. */
export async function readXml(part: string, pieces: AsyncIterable<string>, listener: XmlListener): Promise<void> {
  const reader = xmlReader(part, listener);
  for await (const piece of pieces) reader.write(piece);
  reader.end();
}
