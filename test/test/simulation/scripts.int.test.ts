import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { repositoryFolder } from "@septet/local-stack";
import { simulate } from "./simulation-program.js";

const FOLDER = join(repositoryFolder, "test", "test", "simulation", "scripts");

/** Days written down by hand, and shrunk ones that once broke a promise: each is named after what must hold. */
const scripts = readdirSync(FOLDER).filter((file) => file.endsWith(".json"));

test.each(scripts)("%s", async (file) => {
  const { code, output } = await simulate(join(FOLDER, file));
  expect(output).toContain("1 played, 0 failed");
  expect(code).toBe(0);
});
