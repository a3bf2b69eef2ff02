import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "@jest/globals";

test("the README shows the buckets, the catalogue and the topics as they are", () => {
  const script = fileURLToPath(new URL("../scripts/generate-readme.mjs", import.meta.url));
  expect(() => execFileSync(process.execPath, [script, "--check"], { stdio: "pipe" })).not.toThrow();
});
