import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";

const root = new URL("../../../", import.meta.url);
const runbook = readFileSync(new URL("docs/runbook.md", root), "utf8");
const headings = [...runbook.matchAll(/^## (.*)$/gm)].map((match) => match[1]!);
const rules = readdirSync(new URL("infra/prometheus/", root))
  .map((file) => readFileSync(new URL(`infra/prometheus/${file}`, root), "utf8"))
  .join("\n");
const cited = [...rules.matchAll(/docs\/runbook\.md, \\"([^"\\]+)\\"/g)].map((match) => match[1]!);

test("every section of the runbook that an alert sends its reader to is there", () => {
  expect(cited.length).toBeGreaterThan(0);
  expect(cited.filter((section) => !headings.includes(section))).toEqual([]);
});
