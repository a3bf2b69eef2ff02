import { readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import { repositoryFolder } from "@septet/local-stack";
import { simulate } from "./simulation-program.js";

const FOLDER = join(repositoryFolder, "test", "test", "simulation", "scripts");

/** Days written down by hand, and shrunk ones that once broke a promise: each is named after what must hold. */
const scripts = readdirSync(FOLDER).filter((file) => file.endsWith(".json"));

/** What was said of each day: how long it was, and what it broke. */
const said = new Map<string, string[]>();

beforeAll(async () => {
  const { output } = await simulate({}, ...scripts.map((file) => join(FOLDER, file)));
  let lines: string[] = [];
  for (const line of output.split("\n")) {
    const [, name] = /^(.*): \d+ steps, /.exec(line) ?? [];
    if (name !== undefined) {
      lines = [];
      said.set(`${name}.json`, lines);
    } else if (line.startsWith("  ")) lines.push(line);
  }
});

test.each(scripts)("%s", (file) => {
  expect(said.get(file)).toEqual([]);
});
