import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Program } from './client-process.ts';

const execute = promisify(execFile);

/** How long the preparation of one client may take, downloads included. */
const preparationMs = 300_000;

/** A client cannot be had here; the message says what is missing and how to get it. */
export class MissingError extends Error {}

/** What preparing needs to know: where the adapters are, and where what is fetched and built for them is kept. */
export interface Workshop {
  readonly root: string;
  readonly cache: string;
  /** Of the programs that are asked for. */
  readonly env: NodeJS.ProcessEnv;
  /** Whether what is not in the cache is fetched and built; left out: it is. */
  readonly fetches?: boolean;
}

/** The package's folder, and the cache of the user at hand. */
export function workshop(env: NodeJS.ProcessEnv = process.env): Workshop {
  let root = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(root, 'suites/interop/clients/go/go.mod')) && root !== dirname(root)) root = dirname(root);
  const base = env.XDG_CACHE_HOME === undefined || env.XDG_CACHE_HOME === '' ? join(env.HOME ?? homedir(), '.cache') : env.XDG_CACHE_HOME;
  return { root, cache: join(base, 'amqpspec', 'interop'), env };
}

const lastLine = (text: string): string => text.trim().split('\n').at(-1)?.trim() ?? '';

/** Runs a program to its end. Rejects with a MissingError where it is not there, or fails. */
async function runs(shop: Workshop, [program, ...args]: readonly [string, ...string[]], how: string, cwd?: string): Promise<void> {
  try {
    await execute(program, args, { env: shop.env, timeout: preparationMs, maxBuffer: 64 * 2 ** 20, ...(cwd !== undefined && { cwd }) });
  } catch (error) {
    const { code, stderr = '', stdout = '' } = error as { readonly code?: string | number; readonly stderr?: string; readonly stdout?: string };
    if (code === 'ENOENT') throw new MissingError(`${program} is not on this machine: ${how}`);
    throw new MissingError(`${[program, ...args].join(' ').slice(0, 100)} failed (${lastLine(stderr) || lastLine(stdout) || code}): ${how}`);
  }
}

/** A name for the content of files and folders, so that what was built of other content is not used. */
function digestOf(paths: readonly string[]): string {
  const hash = createHash('sha256');
  const take = (path: string): void => {
    if (statSync(path).isDirectory()) for (const name of readdirSync(path).sort()) take(join(path, name));
    else hash.update(path.slice(path.lastIndexOf('/'))).update(readFileSync(path));
  };
  for (const path of paths) take(path);
  return hash.digest('hex').slice(0, 12);
}

/** The folder that `make` fills, once for this content. */
async function prepared(shop: Workshop, name: string, sources: readonly string[], make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(shop.cache, `${name}-${digestOf(sources)}`);
  if (existsSync(folder)) return folder;
  if (shop.fetches === false) throw new MissingError('it was not prepared on this machine yet; `amqpspec run --interop` does that');
  await mkdir(shop.cache, { recursive: true });
  const fresh = await mkdtemp(join(shop.cache, `.${name}-`));
  try {
    await make(fresh);
    await rename(fresh, folder);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    if (!existsSync(folder)) throw error;
  }
  return folder;
}

/** A module of npm: the one that is installed beside us, else one in the cache. */
export async function nodeProgram(shop: Workshop, module: string, range: string, adapter: string): Promise<Program> {
  const resolver = createRequire(join(shop.root, 'package.json'));
  let entry: string;
  try {
    entry = resolver.resolve(module);
  } catch {
    const how = `npm install ${module}@${range} beside amqpspec, or reach a package registry`;
    const folder = await prepared(shop, `npm-${module}-${range.replace(/\W/g, '')}`, [], fresh =>
      runs(shop, ['npm', 'install', '--prefix', fresh, '--no-audit', '--no-fund', `${module}@${range}`], how),
    );
    entry = createRequire(join(folder, 'package.json')).resolve(module);
  }
  return { command: process.execPath, args: [join(shop.root, 'dist/suites/interop/clients', adapter), entry, versionAt(entry)] };
}

/** The version of the package that a file belongs to. */
function versionAt(file: string): string {
  let folder = dirname(file);
  for (;;) {
    const manifest = join(folder, 'package.json');
    const { version } = existsSync(manifest) ? (JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version?: string }) : {};
    if (version !== undefined || folder === dirname(folder)) return version ?? '';
    folder = dirname(folder);
  }
}

/** A module of Python: in a virtual environment of its own, else one that the system has. */
export async function pythonProgram(shop: Workshop, module: string): Promise<Program> {
  const folder = join(shop.root, 'suites/interop/clients/python');
  const requirements = join(folder, `requirements-${module}.txt`);
  const how = `install Python 3.9 or later with venv and pip, and reach a package registry; or have Debian's package of ${module}`;
  const program = (python: string): Program => ({
    command: python,
    args: [join(folder, `${module}_adapter.py`)],
    env: { PYTHONDONTWRITEBYTECODE: '1', PYTHONUNBUFFERED: '1' },
  });
  try {
    const made = await prepared(shop, `python-${module}`, [requirements], async fresh => {
      await runs(shop, ['python3', '-m', 'venv', fresh], how);
      const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--retries', '1', '-r', requirements] as const;
      await runs(shop, [join(fresh, 'bin/python'), ...pip], how);
    });
    return program(join(made, 'bin/python'));
  } catch (error) {
    for (const python of ['python3', '/usr/bin/python3']) {
      const there = await runs(shop, [python, '-c', `import ${module}`], how).then(
        () => true,
        () => false,
      );
      if (there) return program(python);
    }
    throw error;
  }
}

/** A Go program, built of its own folder. */
export async function goProgram(shop: Workshop): Promise<Program> {
  const source = join(shop.root, 'suites/interop/clients/go');
  const how = 'install Go 1.25 or later, and reach a module proxy';
  const folder = await prepared(shop, 'go', [source], fresh => runs(shop, ['go', 'build', '-o', join(fresh, 'adapter'), '.'], how, source));
  return { command: join(folder, 'adapter'), args: [] };
}

/** A class of the Java project that holds both Java clients. */
export async function javaProgram(shop: Workshop, main: string): Promise<Program> {
  const source = join(shop.root, 'suites/interop/clients/java');
  const how = 'install a JDK 17 or later and Maven, and reach a repository';
  await runs(shop, ['java', '-version'], how);
  javaFolders.set(shop.cache, javaFolders.get(shop.cache) ?? prepared(shop, 'java', [source], fresh => javaBuild(shop, source, fresh, how)));
  const folder = await javaFolders.get(shop.cache)?.finally(() => javaFolders.delete(shop.cache));
  return { command: 'java', args: ['-Xmx128m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', `${folder}/target/classes:${folder}/lib/*`, main] };
}

/** Both clients are built at once. */
const javaFolders = new Map<string, Promise<string>>();

async function javaBuild(shop: Workshop, source: string, fresh: string, how: string): Promise<void> {
  await cp(source, fresh, { recursive: true });
  await runs(shop, ['mvn', '-q', '-B', 'compile', 'dependency:copy-dependencies', '-DoutputDirectory=lib'], how, fresh);
}
