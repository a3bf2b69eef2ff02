import type { ReplayProgress } from "./run-replay.js";

const EVERY_MS = 5_000;

/** Shows progress on stderr: one line that renews itself on a terminal, a line now and then elsewhere. */
export function progressWriter(stream: NodeJS.WriteStream = process.stderr): (progress: ReplayProgress) => void {
  let stage = "";
  let writtenAt = 0;
  return (progress) => {
    const text = textOf(progress);
    if (stream.isTTY) {
      stream.write(`\r\u001b[2K${text}${progress.stage === "done" ? "\n" : ""}`);
      return;
    }
    if (progress.stage === stage && Date.now() - writtenAt < EVERY_MS) return;
    stage = progress.stage;
    writtenAt = Date.now();
    stream.write(`${text}\n`);
  };
}

function textOf({ stage, orders, published, decided, settled }: ReplayProgress): string {
  return `${stage}: ${published} of ${orders} orders published, ${decided} answered, ${settled} settled`;
}
