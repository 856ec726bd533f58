import { readFileSync } from 'node:fs';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, test } from 'vitest';
import { inputs } from '../fixtures/run-records/inputs.ts';
import { buildRecord, type RunRecord, schemaVersion } from '../harness/check/record.ts';

const schema = JSON.parse(readFileSync(new URL('run-record.schema.json', import.meta.url), 'utf8')) as AnySchemaObject;
const ajv = new Ajv2020({ strict: true, allErrors: true, allowUnionTypes: true });
addFormats.default(ajv);
const validate = ajv.compile(schema);

const mixed = buildRecord(inputs.mixed);

const changed = (change: (record: Record<string, unknown>) => void): unknown => {
  const copy = structuredClone(mixed) as unknown as Record<string, unknown>;
  change(copy);
  return copy;
};

/** Every object of a JSON value, with the way to it. */
function* objectsOf(value: unknown, path: readonly (string | number)[] = []): Generator<readonly (string | number)[]> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield path;
  for (const [key, child] of Object.entries(value)) yield* objectsOf(child, [...path, Array.isArray(value) ? Number(key) : key]);
}

const at = (value: unknown, path: readonly (string | number)[]) =>
  path.reduce((each, key) => (each as Record<string | number, unknown>)[key], value) as Record<string, unknown>;

/** Names of all properties in the schema, by the object that has them: `verdict.reading`. */
function* namedIn(node: AnySchemaObject, place: string): Generator<string> {
  for (const [name, child] of Object.entries((node.properties ?? {}) as Record<string, AnySchemaObject>)) {
    yield `${place}.${name}`;
    yield* namedIn(child, `${place}.${name}`);
  }
  for (const option of [...(node.oneOf ?? []), ...(node.items === undefined ? [] : [node.items])] as AnySchemaObject[]) yield* namedIn(option, place);
}

describe('the schema of the run record', () => {
  test.each(Object.entries(inputs))('takes the record of %s', (_, input) => {
    expect(validate(buildRecord(input)), ajv.errorsText(validate.errors)).toBe(true);
  });

  test('takes the version that records bear, and later ones of the same shape', () => {
    expect(validate({ ...mixed, schemaVersion })).toBe(true);
    expect(validate({ ...mixed, schemaVersion: '1.7.0' })).toBe(true);
    expect(validate({ ...mixed, schemaVersion: '2.0.0' })).toBe(false);
  });

  test('knows every property that the type knows: none of the sample is strange to it, and each stranger is refused', () => {
    const open = ['target.capabilities', 'target.properties'];
    const paths = [...objectsOf(mixed)].filter(path => !open.some(place => path.join('.').startsWith(place)));
    const accepting = paths.filter(path => validate(changed(record => Object.assign(at(record, path), { stranger: 1 }))));
    expect(accepting.map(path => path.join('.'))).toEqual([]);
    expect(paths.length).toBeGreaterThan(200);
  });

  test('has no property that the sample, and so the type, has not', () => {
    const text = JSON.stringify(mixed);
    const names = [schema, ...Object.values(schema.$defs as Record<string, AnySchemaObject>)].flatMap(node => [...namedIn(node, '')]);
    const unseen = names.map(name => name.slice(name.lastIndexOf('.') + 1)).filter(name => !text.includes(`"${name}":`));
    expect([...new Set(unseen)]).toEqual([]);
  });

  const optional = [
    'image',
    'mechanisms',
    'locales',
    'tune',
    'amqp10',
    'roundTripMs',
    'reason',
    'message',
    'reading',
    'counterexample',
    'path',
    'capability',
    'reaction',
    'otherwise',
    'sometimes',
    'source',
    'versions',
    'until',
    'unit',
    'check',
    'note',
    'rule',
    'case',
    'interop',
    'missing',
    'where',
    'declared',
    'departure',
    'state',
    'fuzz',
  ];

  test.each(Object.keys(mixed).filter(name => name !== 'interop' && name !== 'fuzz') as (keyof RunRecord)[])('wants %s', name => {
    expect(validate(changed(record => delete record[name]))).toBe(false);
  });

  test('wants every property of the parts that the type wants', () => {
    const parts = [
      mixed.verdicts[0],
      mixed.rules[0],
      mixed.rules[0]?.duties[0],
      mixed.declarations[0],
      mixed.measurements[0],
      mixed.findings[0],
      mixed.fuzz,
      mixed.fuzz?.replayed,
      mixed.target,
      mixed.interop,
      mixed.interop?.clients[0],
      mixed.interop?.cases[0],
      mixed.interop?.results[0],
      mixed.summary.rules.must,
    ];
    const lax = parts.flatMap(part =>
      Object.keys(part ?? {})
        .filter(name => !optional.includes(name))
        .filter(name =>
          validate(
            JSON.parse(
              JSON.stringify(mixed, (_, value: unknown) => {
                if (JSON.stringify(value) !== JSON.stringify(part)) return value;
                const { [name]: _removed, ...rest } = value as Record<string, unknown>;
                return rest;
              }),
            ),
          ),
        ),
    );
    expect(lax).toEqual([]);
  });

  test.each<[string, (record: Record<string, unknown>) => void]>([
    ['an outcome that there is not', record => Object.assign(at(record, ['verdicts', 0]), { outcome: 'ok' })],
    [
      'an odd number of digits',
      record => Object.assign(at(record, ['verdicts', 0]), { transcript: [{ connection: 1, direction: 'sent', atMs: 0, hex: 'abc', decoded: [] }] }),
    ],
    ['a positional check id', record => Object.assign(at(record, ['verdicts', 0]), { check: '4.2.3' })],
    ['an exit status of usage errors', record => Object.assign(at(record, ['exit']), { status: 64 })],
    ['a date without a time', record => Object.assign(record, { startedAt: '2026-03-14' })],
    ['an untested rule that does not say why', record => Object.assign(at(record, ['rules', 0]), { verdict: 'untested', why: undefined })],
  ])('refuses %s', (_, change) => {
    expect(validate(JSON.parse(JSON.stringify(changed(change))))).toBe(false);
  });
});
