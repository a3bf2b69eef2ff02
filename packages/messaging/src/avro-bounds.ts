import avsc from "avsc";

interface Tap {
  readonly buf: Buffer;
  pos: number;
  readLong(): number;
  skipLong(): void;
}
interface ArrayTypeInternals {
  readonly itemsType: { _read(tap: Tap): unknown };
}

/**
 * avsc 5.7.9 trusts the length that an array says it has: ten corrupt bytes make it loop, and allocate, a billion times
 * before it looks whether there was anything to read. Every item of ours takes at least one byte, so a length beyond the
 * bytes that are left is a truncated message, and is said to be one at once.
 */
export function boundAvroArrays(): void {
  const prototype = avsc.types.ArrayType.prototype as unknown as { _read(this: ArrayTypeInternals, tap: Tap): unknown };
  prototype._read = function (tap) {
    const items = this.itemsType;
    const values: unknown[] = [];
    for (let count = tap.readLong(); count !== 0; count = tap.readLong()) {
      if (count < 0) {
        count = -count;
        tap.skipLong();
      }
      if (count > tap.buf.length - tap.pos) throw new Error("truncated buffer");
      for (; count > 0; count--) values.push(items._read(tap));
    }
    return values;
  };
}
