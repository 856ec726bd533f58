import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Splitter } from '../endpoint/splitter.ts';
import { classes } from '../spec/amqp091/classes.ts';
import { domains, tagDialects } from '../spec/amqp091/domains.ts';
import { decodeFrame, decodePayload, decodeTable, encodeFrame, encodeMethod, encodeTable, type Frame, isViolation } from '../wire/amqp091/codec.ts';
import { describeFrame } from '../wire/amqp091/describe.ts';
import { methodNames } from '../wire/amqp091/method.ts';
import { content, conversation, fieldTable, frames, header, method, properties } from './arbitraries.ts';

describe('the examples of the documentation', () => {
  test('frames', () => {
    fc.assert(fc.property(frames(), frame => decodeFrame(encodeFrame(frame)).kind === 'value'));
    expect(fc.sample(frames(), 5)).toHaveLength(5);
  });

  test('fieldTable', () => {
    fc.assert(fc.property(fieldTable(), table => decodeTable(encodeTable(table)).kind === 'value'));
    expect(fc.sample(fieldTable({ tags: 'text' }), 5)).toHaveLength(5);
  });

  test('method', () => {
    expect(fc.sample(method(['queue.declare']), 3).map(each => each.name)).toEqual(['queue.declare', 'queue.declare', 'queue.declare']);
  });

  test('conversation', () => {
    const lines = fc.sample(conversation(), 1)[0]?.map(describeFrame) ?? [];
    expect(lines[0]).toContain('connection.start-ok');
    expect(lines.at(-1)).toContain('connection.close');
  });
});

/** Big enough that what is likely is also seen; seeded, so that it is seen always or never. */
const sample = { numRuns: 3_000, seed: 91 };

describe('what is generated', () => {
  test('covers every kind of frame and every method', () => {
    const seen = fc.sample(frames(), sample);
    expect(new Set(seen.map(frame => frame.type))).toEqual(new Set(['method', 'header', 'body', 'heartbeat']));
    const names = new Set(fc.sample(method(), sample).map(each => each.name));
    expect([...names].sort()).toEqual([...methodNames].sort());
  });

  test.each(['errata', 'text'] as const)('covers every type that dialect %s has a tag for', tags => {
    const types = fc.sample(fieldTable({ tags }), sample).flatMap(table => table.map(([, field]) => field.type));
    expect([...new Set(types)].sort()).toEqual(Object.keys(tagDialects[tags]).sort());
  });

  test('covers every property, there or not', () => {
    const counts = fc.sample(properties(), sample).map(values => Object.keys(values).length);
    expect(Math.min(...counts)).toBe(0);
    expect(Math.max(...counts)).toBe(Object.keys(classes.basic.properties).length);
  });

  test('keeps to the assertions of the domains', () => {
    const { pattern, length } = domains['queue-name'];
    fc.assert(
      fc.property(method(['queue.declare', 'connection.open']), each => {
        const name = each.name === 'queue.declare' ? each.args.queue : '';
        const path = each.name === 'connection.open' ? each.args.virtualHost : '';
        expect(name).toMatch(new RegExp(pattern));
        expect(name.length).toBeLessThanOrEqual(length);
        expect(Buffer.byteLength(path)).toBeLessThanOrEqual(domains.path.length);
      }),
    );
  });

  test('has legal names, unless any are asked for', () => {
    fc.assert(
      fc.property(fieldTable({ depth: 1 }), table => {
        const names = table.map(([name]) => name);
        expect(names.filter(name => !/^[a-zA-Z$#][\w$#]{0,127}$/.test(name))).toEqual([]);
        expect(new Set(names).size).toBe(names.length);
      }),
    );
    const any = fc.sample(fieldTable({ anyNames: true }), sample).flatMap(table => table.map(([name]) => name));
    expect(any.some(name => !/^[a-zA-Z$#]/.test(name))).toBe(true);
  });

  test('can be encoded in the dialect asked for', () => {
    fc.assert(fc.property(method(undefined, { tags: 'text' }), each => encodeMethod(each, { tags: 'text' }).length >= 4));
    fc.assert(fc.property(header({ tags: 'text' }), each => each.raw.length >= 14));
  });
});

describe('content and conversations', () => {
  const sizes = (list: readonly Frame[]) => list.reduce((size, frame) => size + (frame.type === 'body' ? BigInt(frame.payload.length) : 0n), 0n);

  test('bodies add up to what the header declares', () => {
    fc.assert(
      fc.property(content(['basic.publish', 'basic.deliver'], 3), list => {
        const declared = list.flatMap(frame => (frame.type === 'header' ? [frame.header.bodySize] : []));
        expect(declared).toEqual([sizes(list)]);
        expect(list.every(frame => frame.channel === 3)).toBe(true);
      }),
    );
  });

  test('conversations open what they use, close it, and decode as one stream', () => {
    fc.assert(
      fc.property(conversation(), list => {
        const splitter = new Splitter({ frameMax: 131_072 });
        splitter.push(Buffer.concat(list.map(frame => encodeFrame(frame))));
        const lines: string[] = [];
        for (let raw = splitter.next(); raw !== undefined; raw = splitter.next()) {
          const frame = isViolation(raw) ? raw : decodePayload(raw);
          lines.push(isViolation(frame) ? frame.rule : describeFrame(frame));
        }
        expect(lines).toEqual(list.map(describeFrame));
        const opened = list.flatMap(frame => (frame.type === 'method' && frame.method.name === 'channel.open' ? [frame.channel] : []));
        const used = new Set(list.map(frame => frame.channel).filter(channel => channel !== 0));
        expect([...used]).toEqual(opened);
      }),
      { numRuns: 50 },
    );
  });
});
