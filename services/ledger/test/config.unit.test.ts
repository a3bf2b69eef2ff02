import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { LEDGER_VARIABLES } from "../src/config.js";

const targets = (text?: string) => z.object(LEDGER_VARIABLES).safeParse({ AUDIT_TARGETS: text });

describe("The services to audit", () => {
  test("are named with their addresses, separated by commas", () => {
    const given = "order-reservation=http://10.0.0.1:7101/?a=b, warehouse=https://warehouse.example";
    expect(targets(given).data?.AUDIT_TARGETS).toEqual([
      { service: "order-reservation", url: "http://10.0.0.1:7101/?a=b" },
      { service: "warehouse", url: "https://warehouse.example" },
    ]);
    expect(targets().data?.AUDIT_TARGETS).toEqual([]);
  });

  test("are refused when one keeps no bucket, or has no address", () => {
    for (const wrong of ["ledger=http://x", "warehouse", "warehouse=ftp://x", "warehouse=http://x,"])
      expect([wrong, targets(wrong).success]).toEqual([wrong, false]);
  });
});
