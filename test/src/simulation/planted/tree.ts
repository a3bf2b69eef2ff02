import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
const COPIED = ["package.json", "tsconfig.base.json", "packages", "services", "test"];
const LEFT_OUT = new Set(["node_modules", ".git", ".local", "coverage"]);

/** A copy of the repository's sources that can be spoilt: its workspaces see each other, not the originals. */
export class SourceTree {
  readonly root: string;
  readonly #origin: string;

  private constructor(root: string, origin: string) {
    this.root = root;
    this.#origin = origin;
  }

  static async copyOf(origin: string): Promise<SourceTree> {
    const tree = new SourceTree(await mkdtemp(join(tmpdir(), "septet-planted-")), origin);
    for (const name of COPIED) {
      const filter = (source: string) =>
        !relative(origin, source)
          .split("/")
          .some((part) => LEFT_OUT.has(part));
      await cp(join(origin, name), join(tree.root, name), { recursive: true, filter });
    }
    await tree.#linkModules();
    await tree.#allowUnused();
    await tree.build();
    return tree;
  }

  /** @throws with the compiler's words when it does not compile */
  async build(): Promise<void> {
    const compiler = join(this.#origin, "node_modules", ".bin", "tsc");
    await run(compiler, ["-b", "test"], { cwd: this.root }).catch((error: { stdout?: string }) => {
      throw new Error(`the spoilt tree does not compile: ${error.stdout ?? String(error)}`);
    });
  }

  /** Applies a patch, or takes it back. @throws when the sources have moved on and it no longer fits */
  async patch(file: string, back = false): Promise<void> {
    await run("git", ["apply", ...(back ? ["-R"] : []), file], { cwd: this.root });
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }

  /** A planted fault often leaves something unused behind, which is not the fault that is looked for. */
  async #allowUnused(): Promise<void> {
    const file = join(this.root, "tsconfig.base.json");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replaceAll(/("noUnused\w+": )true/g, "$1false"));
  }

  /** Third-party modules are the original's; our own workspaces are the copies. */
  async #linkModules(): Promise<void> {
    const modules = join(this.root, "node_modules");
    await mkdir(join(modules, "@septet"), { recursive: true });
    for (const name of await readdir(join(this.#origin, "node_modules"))) {
      if (name === "@septet") continue;
      await symlink(join(this.#origin, "node_modules", name), join(modules, name));
    }
    for (const parent of ["packages", "services"]) {
      for (const name of await readdir(join(this.root, parent))) {
        await symlink(join(this.root, parent, name), join(modules, "@septet", name));
      }
    }
  }
}
