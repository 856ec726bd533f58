import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { describe, expect, test } from 'vitest';

const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts'], { encoding: 'utf8' })
  .split('\n')
  .filter(file => /^(harness|suites|fixtures|reports)\//.test(file));

/** Scripted peers and test beds serve tests only, and are not packed. */
const forTests = /(\.test|\.test-kit|\.global|\/testing|\/testbed|\/scripted-[a-z]+)\.ts$/;

const sources = files.filter(file => !forTests.test(file));

/** Pure data: as long as what it says. */
const tables = [
  /^harness\/spec\/amqp(091|10)\//,
  /^harness\/saboteur\/faults(10)?-/,
  /\/deviations\.ts$/,
  /^harness\/cli\/options\.ts$/,
  /^suites\/checks\.ts$/,
];

/** A folder, and what it may import besides itself. `types` marks folders of which it may import types only. */
const allowed: Readonly<Record<string, { readonly values: readonly string[]; readonly types?: readonly string[] }>> = {
  'harness/spec': { values: [] },
  'harness/wire': { values: ['harness/spec'] },
  'harness/endpoint': { values: ['harness/spec', 'harness/wire'] },
  'harness/store': { values: [] },
  'harness/broker': { values: ['harness/store'], types: ['harness/spec'] },
  'harness/broker/dialects': { values: ['harness/store', 'harness/broker', 'harness/spec', 'harness/endpoint', 'harness/wire'] },
  'harness/net': { values: ['harness/endpoint'] },
  'harness/sim': { values: ['harness/endpoint', 'harness/broker', 'harness/store'] },
  'harness/probe': { values: ['harness/spec', 'harness/wire', 'harness/endpoint'] },
  'harness/check': { values: ['harness/spec', 'harness/probe'], types: ['harness/target', 'harness/endpoint'] },
  'harness/saboteur': {
    values: ['harness/spec', 'harness/wire', 'harness/endpoint'],
    types: ['harness/broker', 'harness/store', 'harness/check', 'harness/target'],
  },
  'harness/fuzz': { values: ['harness/spec', 'harness/wire', 'harness/endpoint', 'harness/probe', 'harness/check', 'fixtures'] },
  'harness/client': {
    values: ['harness/spec', 'harness/wire', 'harness/endpoint', 'harness/probe', 'harness/check', 'harness/saboteur', 'harness/fuzz'],
    types: ['harness/broker', 'harness/target'],
  },
  'harness/target': {
    values: [
      'harness/net',
      'harness/sim',
      'harness/broker',
      'harness/broker/dialects',
      'harness/store',
      'harness/saboteur',
      'harness/endpoint',
      'harness/spec',
      'harness/check',
      'fixtures',
    ],
    types: ['harness/probe'],
  },
  'harness/interop': { values: ['harness/spec', 'harness/probe', 'harness/check'], types: ['harness/target'] },
  suites: { values: ['suites/properties', 'harness/interop', 'harness/check', 'harness/probe', 'harness/spec', 'harness/wire'] },
  'suites/properties': { values: ['suites', 'harness/check', 'harness/probe', 'harness/spec', 'harness/wire', 'harness/fuzz'] },
  fixtures: { values: [], types: ['harness/target', 'harness/check', 'harness/spec'] },
  reports: { values: ['harness/spec'], types: ['harness/check'] },
};

/** May import all: they put the parts together. */
const roots = ['harness/cli', 'harness/bench', 'harness'];

function folderOf(file: string): string {
  const folder = dirname(file);
  if (folder.startsWith('harness/broker/dialects')) return 'harness/broker/dialects';
  if (folder === 'suites/properties') return folder;
  const [top = '', second] = folder.split('/');
  return top === 'harness' && second !== undefined ? `harness/${second}` : top;
}

interface Import {
  readonly file: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(file, 'utf8');
  const found: Import[] = [];
  for (const match of text.matchAll(/^(?:import|export)(\s+type)?\s[^;]*?from\s+'(\.[^']+)'/gms)) {
    const target = posix.join(dirname(file), match[2] ?? '');
    const names = /\{([^}]*)\}/s.exec(match[0])?.[1];
    const everyNameIsType = names?.split(',').every(name => /^\s*(type\s|$)/.test(name)) === true;
    found.push({ file, target, typeOnly: match[1] !== undefined || everyNameIsType });
  }
  for (const match of text.matchAll(/import\('(\.[^']+)'\)/g)) found.push({ file, target: posix.join(dirname(file), match[1] ?? ''), typeOnly: false });
  return found;
}

function mayImport({ file, target, typeOnly }: Import): boolean {
  const from = folderOf(file);
  const to = folderOf(target);
  if (from === to || roots.includes(from)) return true;
  const rule = allowed[from];
  return rule !== undefined && (rule.values.includes(to) || (typeOnly && (rule.types ?? []).includes(to)));
}

/** The exceptions of the architecture: each is a door between folders that is meant to be there. */
const doors = new Set([
  // defineConformance takes its checks and its target where a user's suite runs.
  'harness/check/vitest.ts',
]);

describe('the architecture', () => {
  test('no folder imports what it may not', () => {
    const wrong = sources
      .filter(file => !doors.has(file))
      .flatMap(importsOf)
      .filter(each => !mayImport(each))
      .map(each => `${each.file} -> ${each.target}${each.typeOnly ? ' (type)' : ''}`);
    expect(wrong).toEqual([]);
  });

  test('no imports of values go in a circle', () => {
    const graph = new Map(sources.map(file => [file, importsOf(file).flatMap(each => (each.typeOnly ? [] : [each.target]))]));
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
      if (done.has(file) || path.includes(file)) return;
      for (const target of graph.get(file) ?? []) visit(target, [...path, file]);
      done.add(file);
    };
    for (const file of graph.keys()) visit(file, []);
    expect(circles).toEqual([]);
  });

  test('files stay under 250 lines, tables excepted', () => {
    const long = files
      .filter(file => !tables.some(table => table.test(file)))
      .map(file => ({ file, lines: readFileSync(file, 'utf8').split('\n').length - 1 }))
      .filter(each => each.lines >= 250);
    expect(long).toEqual([]);
  });

  test('no barrels but the two that have a name', () => {
    const barrels = sources.filter(file => file.endsWith('/index.ts'));
    expect(barrels.filter(file => !['reports/index.ts', 'fixtures/brokers/index.ts'].includes(file))).toEqual([]);
  });

  test('functions stay under 50 lines', () => {
    const lint = (): string =>
      execFileSync('npx', ['biome', 'lint', '--only=complexity/noExcessiveLinesPerFunction', '.'], { encoding: 'utf8', stdio: 'pipe' });
    expect(lint).not.toThrow();
  });
});
