import { describe, expect, test } from "@jest/globals";
import { EMPTY_BALANCE } from "@septet/stock-contracts";
import { driftSubject, tailSubject } from "../../src/domain/alert.js";
import {
  type AlertSubject,
  type AuditResult,
  driftChange,
  identityChange,
  type ServiceComparison,
  tailChange,
} from "../../src/domain/audit.js";
import type { Drift } from "../../src/domain/comparison.js";

function drift(sku: string, location: string): Drift {
  return { sku, location, bucket: "total", service: 98, ledger: 97, difference: 1, positions: {} };
}

function warehouse(change: Partial<ServiceComparison>): ServiceComparison {
  return {
    service: "warehouse",
    error: null,
    compared: 1,
    pending: 0,
    lagging: 0,
    driftCount: 0,
    drifts: [],
    missingTailCount: 0,
    missingTail: [],
    watched: { compared: new Set(), agreeing: new Set() },
    ...change,
  };
}

function audit(service: ServiceComparison, broken: { sku: string; location: string }[] = []): AuditResult {
  const scan = { skus: 1, rows: 1, identityHolds: broken.length === 0, broken, network: EMPTY_BALANCE };
  const nothing = { gaps: [], forkCount: 0, forks: [], heads: [], lagging: 0 };
  return { startedAt: 0, finishedAt: 1, scan, agrees: true, services: [service], ...nothing };
}

function standing(subject: string): AlertSubject[] {
  return [{ subject, sku: "SOCKS-3", location: null }];
}

describe("What an audit gives reason to say", () => {
  test("one alert for a drifting SKU, however many of its places drift", () => {
    const found = audit(warehouse({ drifts: [drift("SOCKS-3", "WUHAN"), drift("SOCKS-3", "BEIJING")] }));
    const { raise } = driftChange(found, []);
    expect(raise.map(({ code, sku }) => [code, sku])).toEqual([["BALANCE_DRIFT", "SOCKS-3"]]);
    expect(raise[0]!.message).toContain("total at WUHAN: 98 instead of 97 (+1), total at BEIJING");
  });

  test("a drift is over once a comparison agrees, and not while the SKU cannot be compared", () => {
    const subject = driftSubject("warehouse", "SOCKS-3");
    const agreed = { compared: new Set(["SOCKS-3"]), agreeing: new Set(["SOCKS-3"]) };
    expect(driftChange(audit(warehouse({ pending: 1 })), standing(subject)).clear).toEqual([]);
    expect(driftChange(audit(warehouse({ watched: agreed })), standing(subject)).clear).toEqual([subject]);
  });

  test("the lost end of a stream only when two audits in a row miss it, for it may be on its way", () => {
    const lost = audit(
      warehouse({ missingTail: [{ recordedBy: "warehouse", sku: "SOCKS-3", head: 5, seen: 4 }], missingTailCount: 1 }),
    );
    expect(tailChange(lost, [], undefined).raise).toEqual([]);
    expect(tailChange(lost, [], audit(warehouse({}))).raise).toEqual([]);
    expect(tailChange(lost, [], lost).raise.map(({ code, details }) => [code, details?.head, details?.seen])).toEqual([
      ["MOVEMENT_GAP", "5", "4"],
    ]);
  });

  test("a lost end is over once the SKU could be compared", () => {
    const subject = tailSubject("warehouse", "SOCKS-3");
    const compared = { compared: new Set(["SOCKS-3"]), agreeing: new Set<string>() };
    expect(tailChange(audit(warehouse({})), standing(subject), undefined).clear).toEqual([]);
    expect(tailChange(audit(warehouse({ watched: compared })), standing(subject), undefined).clear).toEqual([subject]);
  });

  test("a row that does not add up, until the scan no longer names it", () => {
    const broken = audit(warehouse({}), [{ sku: "SOCKS-3", location: "WUHAN" }]);
    const { raise } = identityChange(broken, [], 100);
    expect(raise.map(({ code, location }) => [code, location])).toEqual([["IDENTITY_BROKEN", "WUHAN"]]);
    const subject = raise[0]!.subject;
    expect(identityChange(broken, standing(subject), 100).clear).toEqual([]);
    expect(identityChange(audit(warehouse({})), standing(subject), 100).clear).toEqual([subject]);
  });
});
