import type { Registry } from "../schema-registry.js";

/** A registry in this process: ids in the order of registration, the same text always under the same id. */
export class LocalRegistry implements Registry {
  readonly #texts: string[] = [];

  async register(_subject: string, schemaText: string): Promise<number> {
    const known = this.#texts.indexOf(schemaText);
    return known < 0 ? this.#texts.push(schemaText) : known + 1;
  }

  async schemaText(id: number): Promise<string | undefined> {
    return this.#texts[id - 1];
  }
}
