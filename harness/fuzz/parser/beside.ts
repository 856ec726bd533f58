import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ParserError } from './parser-error.ts';

/** The folder of the package that a file of it lies in. */
function folderOf(file: string, name: string): string | undefined {
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly name?: string }).name === name) return folder;
  }
  return undefined;
}

/**
 * A module inside a package, by its path in the package's folder: of the one that is installed where the command runs, else beside this one.
 * @throws {ParserError} where there is none.
 */
export function moduleOf(name: string, path: string): unknown {
  for (const from of [join(process.cwd(), 'package.json'), import.meta.url]) {
    const require = createRequire(from);
    let folder: string | undefined;
    try {
      folder = folderOf(require.resolve(name), name);
    } catch {
      // Perhaps from the next place.
    }
    if (folder !== undefined && existsSync(join(folder, path))) return require(join(folder, path));
  }
  throw new ParserError(`builtin:${name} is the parser of the package ${name}, which is not installed: npm i ${name}`);
}
