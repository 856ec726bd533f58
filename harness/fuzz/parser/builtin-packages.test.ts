import { describe, expect, test } from 'vitest';
import { encodeFrame } from '../../wire/amqp091/frame.ts';
import { method } from '../../wire/amqp091/method.ts';
import { moduleOf } from './beside.ts';
import { fuzzParser } from './campaign.ts';
import { ParserError } from './parser-error.ts';
import { loadParser } from './parsers.ts';

const search = (parser: string) => fuzzParser({ parser, timeMs: 50_000, seed: 3, inputsMax: 1_500, findingsMax: 40, shrinkMs: 100 });

describe('amqplib', () => {
  test('reads a short string that goes beyond its frame, and has no crash', async () => {
    const { findings } = await search('builtin:amqplib');
    expect(findings.filter(({ severity }) => severity === 'crash' || severity === 'hang')).toEqual([]);
    const rules = findings.filter(({ severity }) => severity === 'accepted illegal').map(({ rule }) => rule);
    expect(rules).toContain('amqp091/4.2.4.arguments-trailing');
    expect(rules).toContain('amqp091/4.2.5.5.value-truncated');
  });

  test('gives what it read of each frame', async () => {
    const { parse, compare } = await loadParser('builtin:amqplib');
    const bytes = Buffer.from(encodeFrame({ type: 'method', channel: 1, method: method('queue.declare', { queue: 'q', durable: true }) }));
    const verdict = parse?.(bytes);
    expect(verdict).toMatchObject({ accept: true, consumed: bytes.length, value: [{ method: 'queue.declare', arguments: { queue: 'q', durable: true } }] });
    expect(compare?.(bytes, verdict)).toBe(undefined);
  });
});

describe('rhea', () => {
  test('throws what is no rejection where a frame is too short', async () => {
    const { findings } = await search('builtin:rhea');
    expect(findings.filter(({ severity }) => severity === 'crash').map(({ title }) => title)).toContainEqual(
      expect.stringMatching(/^RangeError: .* out of range/),
    );
    expect(findings.map(({ rule }) => rule)).toContain('amqp10/1.6.20.string-utf8');
  });
});

test('a package that is not installed is asked for', () => {
  expect(() => moduleOf('no-such-parser', 'lib/frame.js')).toThrow(
    new ParserError('builtin:no-such-parser is the parser of the package no-such-parser, which is not installed: npm i no-such-parser'),
  );
});
