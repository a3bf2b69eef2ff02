import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { allowedAddresses, networksOf } from "../../src/pulling/allowed-addresses.js";
import { FetchFault } from "../../src/pulling/guarded-request.js";
import { jsonPath, valueAt } from "../../src/pulling/json-path.js";
import { type Paging, type PullSource, pull } from "../../src/pulling/pull.js";

const NOTHING = { etag: null, lastModified: null };
const HERE = allowedAddresses(["127.0.0.0/8", "::1/128"]);
const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

/** A supplier's server on this machine; its address. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
const JSON_FORM = { kind: "JSON", items: "$.data.items", fields: { code: "$.no", quantity: "$.stock.free" } } as const;
const source = (url: string, more: Partial<PullSource> = {}): PullSource => ({
  url,
  headers: {},
  form: JSON_FORM,
  paging: { kind: "NONE" },
  ...more,
});
const item = (no: unknown, free: unknown) => ({ no, stock: { free } });
const page = (items: readonly unknown[], more: object = {}) => JSON.stringify({ data: { items }, ...more });
const faultOf = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => new Error("was pulled"),
    (caught: unknown) => caught,
  );
  if (!(error instanceof FetchFault)) throw error;
  return error.message;
};
const linesOf = async (pulled: ReturnType<typeof pull>) => {
  const result = await pulled;
  return result.outcome === "PULLED"
    ? result.lines.map(({ row, code, quantity }) => `${row} ${code} ${quantity}`)
    : result.outcome;
};

describe("a feed that is pulled", () => {
  test("is read by paths, good items as lines and bad ones with field and reason", async () => {
    const url = await serve((_, answer) =>
      answer.end(page([item("A", 5), item(17, "6"), item("B", 1.5), {}, item("C", null)])),
    );
    const pulled = await pull(source(url), HERE, NOTHING);
    expect(pulled).toMatchObject({
      lines: [
        { row: 1, code: "A", quantity: 5 },
        { row: 2, code: "17", quantity: 6 },
      ],
      errors: [
        { row: 3, column: "quantity", fault: "NOT_WHOLE", reason: "is not a whole number" },
        { row: 4, column: "code", fault: "ARTICLE_MISSING" },
        { row: 5, column: "quantity", fault: "QUANTITY_MISSING" },
      ],
    });
  });

  test("is read by columns where it is CSV", async () => {
    const url = await serve((_, answer) => answer.end("型号,北京仓\nA,5\n"));
    const form = { kind: "CSV", headings: { code: "型号", quantity: "北京仓" } } as const;
    expect(await linesOf(pull(source(url, { form }), HERE, NOTHING))).toEqual(["2 A 5"]);
  });

  test("goes on page by page, counted, by cursor or by link, and rows go on with it", async () => {
    const pages = [[item("A", 1), item("B", "x")], [item("C", 3)], []];
    const seen: string[] = [];
    const url = await serve((request, answer) => {
      seen.push(request.url!);
      const at = Number(new URL(request.url!, "http://x").searchParams.get("p") ?? "1") - 1;
      if (at < 2) answer.setHeader("link", `<?p=${at + 2}>; rel="next"`);
      answer.end(page(pages[at]!, { next: at < 2 ? at + 2 : null }));
    });
    const pagings: Paging[] = [
      { kind: "COUNTED", parameter: "p", first: 1 },
      { kind: "CURSOR", parameter: "p", path: "$.next" },
      { kind: "LINK" },
    ];
    for (const paging of pagings) {
      expect(await linesOf(pull(source(`${url}/?all=1`, { paging }), HERE, NOTHING))).toEqual(["1 A 1", "3 C 3"]);
    }
    expect(seen).toHaveLength(9);
  });

  test("is asked for with its key, and for news only", async () => {
    let asked: IncomingMessage["headers"] = {};
    const url = await serve((request, answer) => {
      asked = request.headers;
      answer.writeHead(request.headers["if-none-match"] === '"v1"' ? 304 : 200, { etag: '"v1"' });
      answer.end(request.headers["if-none-match"] === '"v1"' ? "" : page([item("A", 1)]));
    });
    const keyed = source(url, { headers: { "x-api-key": "k" } });
    const first = await pull(keyed, HERE, NOTHING);
    expect(first).toMatchObject({ outcome: "PULLED", validators: { etag: '"v1"', lastModified: null } });
    expect(await pull(keyed, HERE, { etag: '"v1"', lastModified: null })).toEqual({ outcome: "UNCHANGED" });
    expect(asked["x-api-key"]).toBe("k");
  });

  test("that is half a page, no list or an error is none at all", async () => {
    for (const [body, fault] of [
      ['{"data":{"items":[{"no":"A"', "is not JSON"],
      ['{"data":{}}', "has no list at $.data.items"],
    ] as const) {
      const url = await serve((_, answer) => answer.end(body));
      expect(await faultOf(pull(source(url), HERE, NOTHING))).toBe(fault);
    }
    const url = await serve((_, answer) => answer.writeHead(503, { "retry-after": "7" }).end());
    const error: unknown = await pull(source(url), HERE, NOTHING).catch((caught) => caught);
    expect(error).toMatchObject({ message: "answers 503", again: true, afterMs: 7_000 });
    const torn = await serve((_, answer) => {
      answer.writeHead(200, { "content-length": "1000" });
      answer.write("{");
      answer.destroy();
    });
    expect(await faultOf(pull(source(torn), HERE, NOTHING))).toMatch(/^could not be reached/);
  });

  test("that never ends is given up with bounded memory", async () => {
    const chunk = Buffer.alloc(1_000_000, " ");
    const url = await serve((_, answer) => {
      const more = () => {
        while (!answer.destroyed && answer.write(chunk));
      };
      answer.on("drain", more);
      more();
    });
    expect(await faultOf(pull(source(url), HERE, NOTHING))).toMatch(/answers with more than/);
    const round = await serve((_, answer) => answer.end(page([], { next: "again" })));
    const paging = { kind: "CURSOR", parameter: "p", path: "$.next" } as const;
    expect(await faultOf(pull(source(round, { paging }), HERE, NOTHING))).toBe("has no last page");
  });
});

describe("addresses that connectors may not reach", () => {
  test("are refused by number, by name and behind a redirect", async () => {
    const nowhere = allowedAddresses([]);
    const url = await serve((_, answer) => answer.end(page([])));
    const { port } = new URL(url);
    const refused = "leads to an address that connectors may not reach";
    for (const host of [
      "127.0.0.1",
      "localhost",
      "[::1]",
      "[::ffff:127.0.0.1]",
      "0x7f.1",
      "2130706433",
      "169.254.169.254",
    ]) {
      expect(await faultOf(pull(source(`http://${host}:${port}/`), nowhere, NOTHING))).toBe(refused);
    }
    const redirecting = await serve((_, answer) => answer.writeHead(302, { location: "http://10.0.0.1/" }).end());
    expect(await faultOf(pull(source(redirecting), HERE, NOTHING))).toBe(refused);
    expect(await faultOf(pull(source("ftp://example.com/"), HERE, NOTHING))).toBe("is no http address");
    expect(await faultOf(pull(source("http://me:secret@127.0.0.1/"), HERE, NOTHING))).toBe("names a user");
  });

  test("redirect at most three times, and take no key to another host", async () => {
    let keys: unknown;
    const other = await serve((request, answer) => {
      keys = request.headers["x-api-key"];
      answer.end(page([item("A", 1)]));
    });
    const url = await serve((request, answer) =>
      answer.writeHead(302, { location: request.url === "/" ? other : request.url! }).end(),
    );
    expect(await linesOf(pull(source(`${url}/`, { headers: { "x-api-key": "k" } }), HERE, NOTHING))).toEqual(["1 A 1"]);
    expect(keys).toBeUndefined();
    expect(await faultOf(pull(source(`${url}/round`), HERE, NOTHING))).toBe("redirects too often");
  });

  test("are all that are not public, however they are written", () => {
    const open = allowedAddresses([]);
    for (const address of ["8.8.8.8", "172.32.0.1", "192.169.0.1", "2606:4700::1111", "::ffff:8.8.8.8"]) {
      expect([address, open.includes(address)]).toEqual([address, true]);
    }
    const closed = [
      ...["10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "169.254.169.254", "0.0.0.0"],
      ...["224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "::ffff:10.0.0.1"],
      ...["::ffff:a00:1", "64:ff9b::a00:1", "2002:a00:1::", "2001:db8::1", "::7f00:1", "example.com", ""],
    ];
    for (const address of closed) expect([address, open.includes(address)]).toEqual([address, false]);
    expect(allowedAddresses(networksOf("10.0.0.0/8, fd00::/8")).includes("::ffff:10.0.0.1")).toBe(true);
    expect(() => networksOf("10.0.0.0/33")).toThrow(RangeError);
  });
});

describe("a path into JSON", () => {
  test("leads to one place, by names and numbers", () => {
    const value = { a: { "b c": [{ d: 7 }] }, __proto__: null };
    expect(valueAt(value, jsonPath("$.a['b c'][0].d")!)).toBe(7);
    expect(valueAt(value, jsonPath("a")!)).toBe(value.a);
    expect(valueAt([1, 2], jsonPath("$[1]")!)).toBe(2);
    expect(valueAt(value, jsonPath("$")!)).toBe(value);
    for (const path of ["constructor", "a.toString", "$.a.length", "$[0]"]) {
      expect(valueAt(value, jsonPath(path)!)).toBeUndefined();
    }
  });

  test("with wildcards, filters or scripts is none", () => {
    for (const path of ["$..a", "$.a[*]", "$.a[?(@.b)]", "$.a[(1)]", "$.a b", "$.", "a..b"]) {
      expect([path, jsonPath(path)]).toEqual([path, undefined]);
    }
  });

  test("finds what was put under any names", () => {
    const name = fc.string({ minLength: 1 }).filter((text) => !/['\\]/.test(text) && text !== "__proto__");
    fc.assert(
      fc.property(fc.array(name, { minLength: 1, maxLength: 5 }), (names) => {
        const value = names.reduceRight<unknown>((inner, one) => ({ [one]: inner }), 7);
        expect(valueAt(value, jsonPath(`$${names.map((one) => `['${one}']`).join("")}`)!)).toBe(7);
      }),
    );
  });
});
