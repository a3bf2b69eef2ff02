/** Steps of a path: names of members, and places in lists. */
export type JsonPath = readonly (string | number)[];

const STEP = /^(?:\.([^.[\]'"\s]+)|\[(\d{1,6})\]|\['([^'\\]*)'\]|\["([^"\\]*)"\])/;
const MAX_STEPS = 32;

/**
 * Reads a JSONPath that names one place: `$.data.items`, `$['stock'][0].free`. The `$` may be left out before a name. Filters,
 * wildcards and scripts are none: undefined.
 */
export function jsonPath(text: string): JsonPath | undefined {
  const path = text.trim();
  let rest = path.startsWith("$") ? path.slice(1) : path.startsWith("[") ? path : `.${path}`;
  const steps: (string | number)[] = [];
  while (rest !== "") {
    const found = STEP.exec(rest);
    if (found === null || steps.length === MAX_STEPS) return undefined;
    const [whole, name, index, single, double] = found;
    steps.push(index === undefined ? (name ?? single ?? double)! : Number(index));
    rest = rest.slice(whole.length);
  }
  return steps;
}

/** What a path leads to; undefined where it leads nowhere. Members that an object only inherits are none. */
export function valueAt(value: unknown, path: JsonPath): unknown {
  let here = value;
  for (const step of path) {
    if (typeof here !== "object" || here === null || !Object.hasOwn(here, step)) return undefined;
    here = (here as Readonly<Record<string | number, unknown>>)[step];
  }
  return here;
}
