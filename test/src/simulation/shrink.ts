import type { Script } from "./workload/script.js";

/** The broken statement of a finding, without what shows it. */
export const statementOf = (finding: string): string => finding.split(":")[0]!;

type Part = { readonly kind: "move" | "fault"; readonly index: number };

/**
 * Leaves out of a failing script what it fails without: whole stretches first, then halves of them, down to single moves and
 * faults. What is left fails with the same statement.
 * @param fails plays a script; true when it breaks the same statement
 * @param maxPlays bound of the work
 */
export async function shrink(
  script: Script,
  fails: (script: Script) => Promise<boolean>,
  maxPlays: number,
): Promise<Script> {
  let parts: Part[] = [
    ...script.moves.map((_, index) => ({ kind: "move" as const, index })),
    ...script.faults.map((_, index) => ({ kind: "fault" as const, index })),
  ];
  let plays = 0;
  let stretch = Math.ceil(parts.length / 2);
  while (stretch >= 1 && plays < maxPlays) {
    let shrunk = false;
    for (let from = 0; from < parts.length && plays < maxPlays; ) {
      const rest = [...parts.slice(0, from), ...parts.slice(from + stretch)];
      plays += 1;
      if (await fails(cut(script, rest))) {
        parts = rest;
        shrunk = true;
      } else from += stretch;
    }
    if (stretch === 1 && !shrunk) break;
    stretch = stretch === 1 ? 1 : Math.ceil(stretch / 2);
  }
  return cut(script, parts);
}

/** The script with these parts only; its day ends with the last of them. */
function cut(script: Script, parts: readonly Part[]): Script {
  const keep = (kind: Part["kind"], index: number) => parts.some((part) => part.kind === kind && part.index === index);
  return {
    ...script,
    moves: script.moves.filter((_, index) => keep("move", index)),
    faults: script.faults.filter((_, index) => keep("fault", index)),
  };
}
