import { Readable } from "node:stream";
import { describe, expect, test } from "@jest/globals";
import * as uploads from "../../src/http/upload-rows.js";
import { UnreadableUpload, type UploadRow } from "../../src/http/upload-rows.js";

const COLUMNS = {
  names: ["sku", "quantity", "unsellableQuantity", "location", "reference"],
  required: ["sku", "quantity"],
  figures: ["quantity", "unsellableQuantity"],
};
const csvRows = (from: Readable) => uploads.csvRows(from, COLUMNS);
const ndjsonRows = (from: Readable) => uploads.ndjsonRows(from, COLUMNS);

/** The text in pieces of a few bytes, as a slow network brings it. */
const stream = (text: string | Buffer, bytes = 7) => {
  const all = Buffer.from(text as string);
  const pieces = Array.from({ length: Math.ceil(all.length / bytes) }, (_, i) =>
    all.subarray(i * bytes, (i + 1) * bytes),
  );
  return Readable.from(pieces);
};
const collect = async (rows: AsyncIterable<UploadRow>) => {
  const all: UploadRow[] = [];
  for await (const row of rows) all.push(row);
  return all;
};

describe("CSV", () => {
  test("a row is known by its line in the file, whatever its line ends, quotes, byte order mark and empty lines", async () => {
    const rows = await collect(
      csvRows(stream('\uFEFFsku,quantity,location\r\nSOCKS, 3 ,WUHAN\r\n\r\n"C,AP",4,\r\n库存,5,')),
    );
    expect(rows).toEqual([
      { row: 2, fields: { sku: "SOCKS", quantity: 3, location: "WUHAN" } },
      { row: 4, fields: { sku: "C,AP", quantity: 4 } },
      { row: 5, fields: { sku: "库存", quantity: 5 } },
    ]);
  });

  test("a quote that is never closed costs its own row only", async () => {
    const rows = await collect(csvRows(stream('sku,quantity\nA,1\n"B,2\nC,3\n')));
    expect(rows.map((row) => ("reason" in row ? row.field : row.fields.sku))).toEqual(["A", "row", "C"]);
  });

  test("a row of too many fields is named, what is no figure stays text", async () => {
    const rows = await collect(csvRows(stream("sku,quantity\nA,1,2\nB,many\nC,1.5")));
    expect(rows).toEqual([
      { row: 2, field: "row", reason: "has 3 fields where the header has 2" },
      { row: 3, fields: { sku: "B", quantity: "many" } },
      { row: 4, fields: { sku: "C", quantity: "1.5" } },
    ]);
  });

  test.each([
    ["", "no header"],
    ["sku\nA", "lacks the column quantity"],
    ["sku,quantity,colour\nA,1,red", "unknown columns: colour"],
    ["sku,quantity,sku\nA,1,B", "twice"],
  ])("an upload that begins %j cannot be read: %s", async (text, reason) => {
    const reading = collect(csvRows(stream(text)));
    await expect(reading).rejects.toThrow(UnreadableUpload);
    await expect(reading).rejects.toThrow(reason);
  });

  test("a row that never ends is given up at its bound, and the next one is read", async () => {
    const rows = await collect(csvRows(stream(`sku,quantity\n${"x".repeat(70_000)},1\nB,2\n`, 10_000)));
    expect(rows).toEqual([
      { row: 2, field: "row", reason: "is longer than 65536 bytes" },
      { row: 3, fields: { sku: "B", quantity: 2 } },
    ]);
  });
});

describe("NDJSON", () => {
  test("a byte order mark and line ends of Windows cost no row", async () => {
    expect(await collect(ndjsonRows(stream('\uFEFF{"sku":"A","quantity":1}\r\n{"sku":"B","quantity":2}\r\n')))).toEqual(
      [
        { row: 1, fields: { sku: "A", quantity: 1 } },
        { row: 2, fields: { sku: "B", quantity: 2 } },
      ],
    );
  });

  test("each line is an object; what is not, or has fields we do not know, is named", async () => {
    const text =
      '{"sku":"A","quantity":1}\n\nnonsense\n[1]\n{"sku":"B","quantity":2,"colour":"red"}\n{"sku":"C","quantity":3}';
    expect(await collect(ndjsonRows(stream(text)))).toEqual([
      { row: 1, fields: { sku: "A", quantity: 1 } },
      { row: 3, field: "row", reason: "is not a JSON object" },
      { row: 4, field: "row", reason: "is not a JSON object" },
      { row: 5, field: "colour", reason: "is not known here" },
      { row: 6, fields: { sku: "C", quantity: 3 } },
    ]);
  });
});

describe("the encoding", () => {
  // 库存 as GBK has it, and as UTF-16 little endian with its byte order mark.
  const GBK = Buffer.from([0xbf, 0xe2, 0xb4, 0xe6]);
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from("sku,quantity\nA,1\n", "utf16le")]);

  test("a row that is not UTF-8 ends the reading and is named: nothing is read with replacement characters", async () => {
    const read: UploadRow[] = [];
    const file = Buffer.concat([Buffer.from("sku,quantity\nA,1\n"), GBK, Buffer.from(",2\nB,3\n")]);
    const reading = (async () => {
      for await (const row of csvRows(stream(file))) read.push(row);
    })();
    await expect(reading).rejects.toThrow(UnreadableUpload);
    await expect(reading).rejects.toThrow("row 3 is not UTF-8");
    expect(read).toEqual([{ row: 2, fields: { sku: "A", quantity: 1 } }]);
  });

  test("so does a file in UTF-16, at its first row, and JSON in another encoding", async () => {
    await expect(collect(csvRows(stream(utf16)))).rejects.toThrow("row 1 is not UTF-8");
    const json = Buffer.concat([Buffer.from('{"sku":"'), GBK, Buffer.from('","quantity":1}\n')]);
    await expect(collect(ndjsonRows(stream(json)))).rejects.toThrow("row 1 is not UTF-8");
  });
});
