import type { Script } from "./workload/script.js";

/** The broken statement of a finding, without what shows it. */
export const statementOf = (finding: string): string => finding.split(":")[0]!;

type Part = { readonly kind: "move" | "fault"; readonly index: number };

/**
 * Leaves out of a failing script what it fails without: whole stretches first, then halves of them, down to single moves and
 * faults. What is left fails with the same statement.
 * @param fails plays a script; true when it breaks the same statement
 * @param o.maxPlays bound of the work
 * @param o.atOnce so many scripts can be played at once
 */
export async function shrink(
  script: Script,
  fails: (script: Script) => Promise<boolean>,
  o: { maxPlays: number; atOnce: number },
): Promise<Script> {
  let parts: Part[] = [
    ...script.moves.map((_, index) => ({ kind: "move" as const, index })),
    ...script.faults.map((_, index) => ({ kind: "fault" as const, index })),
  ];
  let plays = 0;
  let stretch = Math.ceil(parts.length / 2);
  while (stretch >= 1 && plays < o.maxPlays) {
    let shrunk = false;
    for (let from = 0; from < parts.length && plays < o.maxPlays; ) {
      // Several stretches are tried at once; the first that is not needed goes, and those before it stay.
      const count = Math.min(o.atOnce, o.maxPlays - plays, Math.ceil((parts.length - from) / stretch));
      const starts = Array.from({ length: count }, (_, index) => from + index * stretch);
      const rests = starts.map((start) => [...parts.slice(0, start), ...parts.slice(start + stretch)]);
      plays += count;
      const failing = await Promise.all(rests.map((rest) => fails(cut(script, rest))));
      const first = failing.indexOf(true);
      if (first >= 0) {
        parts = rests[first]!;
        shrunk = true;
      }
      from = first >= 0 ? starts[first]! : from + count * stretch;
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
