/**
 * A share from 0 to below 1 that belongs to a text: the same on every machine and in every run, and evenly spread over
 * different texts. Jitter that is drawn from it needs no memory and can be worked out again.
 */
export function spreadOf(text: string): number {
  // FNV-1a, then mixed: texts that differ in their last letter only must not lie side by side.
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
