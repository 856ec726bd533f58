import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { RuleId } from '../spec/catalogue.ts';
import { readCase } from './case-reader.ts';
import { CaseError, type CaseHead, directives, lineOf, plain, writeCase } from './case-text.ts';
import type { Hole, Step } from './conversation/conversation.ts';
import { severities } from './finding.ts';

const hostile = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.constantFrom('a\n-- id evil', '\u001b[2J', '\u202e', ' x ', '# no', '\ud800', '\\u{41}', '\\'),
);
const named = fc.stringMatching(/^[a-z][a-z0-9.-]{0,20}$/);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

const head: fc.Arbitrary<CaseHead> = fc
  .record({
    id: hostile,
    title: hostile,
    subject: fc.constantFrom('parser', 'broker', 'client'),
    protocol: fc.constantFrom('amqp091', 'amqp10'),
    severity: optional(fc.constantFrom(...severities)),
    rule: optional(hostile),
    departure: optional(hostile),
    state: optional(hostile),
    reaction: optional(hostile),
    parser: optional(hostile),
    target: optional(hostile),
    seed: optional(fc.nat()),
    index: optional(fc.nat()),
    served: optional(fc.constant(true as const)),
  })
  .map(all => Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as unknown as CaseHead);

const octets = fc.oneof(
  fc.uint8Array({ maxLength: 80 }),
  fc.tuple(fc.nat(255), fc.nat(200)).map(([octet, count]) => new Uint8Array(count).fill(octet)),
  fc.constant(Uint8Array.of(1, 0, 1, 0, 0, 0, 4, 0, 20, 0, 41, 0xce, 1, 0, 1, 0, 0, 0, 4, 0, 20, 0, 41, 0xce)),
);

const send: fc.Arbitrary<Step> = octets.chain(bytes =>
  fc.record(
    {
      kind: fc.constant('send' as const),
      octets: fc.constant(bytes),
      holes: holesOf(bytes.length),
      cuts: fc
        .uniqueArray(fc.nat({ max: Math.max(0, bytes.length) }), { maxLength: 9 })
        .map(all => all.filter(at => at > 0 && at < bytes.length).sort((a, b) => a - b)),
      note: hostile,
      departure: hostile,
      state: hostile,
      channel: fc.nat(65_535),
      rule: fc.constantFrom('amqp091/4.2.3.frame-end', 'amqp10/2.7.1.channel-max') as fc.Arbitrary<RuleId>,
    },
    { requiredKeys: ['kind', 'octets', 'holes', 'cuts', 'note'] },
  ),
);

/** Holes beside each other, empty ones too. */
function holesOf(length: number): fc.Arbitrary<readonly Hole[]> {
  const sizes =
    length < 4 ? fc.constant([]) : fc.array(fc.record({ at: fc.nat(length - 4), width: fc.constantFrom(1 as const, 4 as const) }), { maxLength: 3 });
  return fc.array(fc.tuple(named, fc.nat(length), sizes), { maxLength: 4 }).map(drawn => {
    const ascending = [...drawn].sort(([, a], [, b]) => a - b);
    return ascending.map(([name, at, grown], index) => {
      const end = ascending[index + 1]?.[1] ?? length;
      return { name, at, width: Math.min(8, end - at), sizes: grown };
    });
  });
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { arbitrary: send, weight: 3 },
  fc.record({ kind: fc.constant('await' as const), name: named, channel: fc.nat(65_535) }),
  fc.record({ kind: fc.constant('stall' as const), ms: fc.nat(100_000) }),
  fc.constantFrom({ kind: 'half-close' as const }, { kind: 'reset' as const }),
);

const minimal = '-- amqpspec case 1\n-- id a\n-- title b\n-- subject parser\n-- protocol amqp091\n';

describe('the text of a case', () => {
  test('reads back as what was written', () => {
    fc.assert(
      fc.property(head, fc.array(step, { maxLength: 6 }), (said, steps) => {
        const text = writeCase(said, steps);
        expect(readCase(text)).toEqual({ ...said, steps });
        expect(writeCase(said, readCase(text).steps)).toBe(text);
      }),
      { numRuns: 400 },
    );
  });

  test('is made of plain lines, whatever it tells', () => {
    fc.assert(
      fc.property(head, send, (said, sending) => {
        const lines = writeCase(said, [sending]).split('\n');
        expect(lines.filter(line => /\p{C}/u.test(line))).toEqual([]);
        expect(lines.filter(line => line.startsWith('-- ')).length).toBe(1 + directives.filter(name => said[name] !== undefined).length);
      }),
    );
  });

  test('escapes text so that it comes back', () => fc.assert(fc.property(hostile, text => plain(lineOf(text)) === text)));

  test('shows frames, cuts, holes and long runs', () => {
    const bytes = Uint8Array.of(1, 0, 1, 0, 0, 0, 4, 0, 20, 0, 41, 0xce, 3, 0, 1, 0, 0, 0, 40, ...new Uint8Array(40).fill(0x61), 0xce);
    const holes = [{ name: 'nonce', at: 19, width: 40, sizes: [{ at: 15, width: 4 as const }] }];
    const steps: readonly Step[] = [
      { kind: 'send', octets: bytes, holes, cuts: [3, 12], note: 'a channel opens', departure: 'misplaced body' },
      { kind: 'await', name: 'channel.close', channel: 1 },
      { kind: 'stall', ms: 200 },
      { kind: 'half-close' },
    ];
    expect(writeCase({ id: 'silence-1', title: 'says nothing', subject: 'broker', protocol: 'amqp091', severity: 'hang', seed: 7, index: 12 }, steps)).toBe(
      `-- amqpspec case 1
-- id silence-1
-- title says nothing
-- subject broker
-- protocol amqp091
-- severity hang
-- seed 7
-- index 12

send a channel opens
departs misplaced body
# channel 1 channel.close-ok
01 00 01 | 00 00 00 04 00 14 00 29 ce |
# channel 1 body of 40 octets "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"… (40 octets)
03 00 01 00 00 00 28 {nonce @15/4: 61*40 } ce

await channel.close on channel 1

stall 200 ms

half-close
`,
    );
  });

  test('is read from a file that a person wrote', () => {
    const { steps } = readCase(`${minimal}\r\n# from a log\r\n0300 01 00*4 | CE   # all of it\r\n{tag: 01\n 02 } reset`.replace(' reset', '\nreset'));
    expect(steps).toEqual([
      { kind: 'send', octets: Uint8Array.of(3, 0, 1, 0, 0, 0, 0, 0xce, 1, 2), holes: [{ name: 'tag', at: 8, width: 2, sizes: [] }], cuts: [7], note: '' },
      { kind: 'reset' },
    ]);
  });

  test.each([
    ['', 'Line 1: a case begins with "-- amqpspec case 1".'],
    ['{"case":"parser"}', 'Line 1: a case begins with "-- amqpspec case 1".'],
    ['-- amqpspec case 2', 'Line 1: this is a case of format 2; this version reads format 1.'],
    ['-- amqpspec case 1\n-- id a\n', 'Line 3: the case has no title.'],
    [`${minimal}-- id b`, 'Line 6: id is said twice.'],
    [`${minimal}-- severity bad`, /^Line 6: severity is crash, hang, .*, not "bad"\.$/],
    [`${minimal}-- seed 0x7`, 'Line 6: seed is a whole number, not "0x7".'],
    [`${minimal}-- rulee x`, /^Line 6: there is no directive "rulee"; id, title, .* are the directives\.$/],
    [`${minimal}send\n01\n-- seed 1`, 'Line 8: directives stand before the steps.'],
    [`${minimal}send\n01 0`, 'Line 7: "0" is neither hex, a cut nor a hole.'],
    [`${minimal}send\n01 zz`, 'Line 7: "zz" is neither hex, a cut nor a hole.'],
    [`${minimal}sned x`, 'Line 6: there is no step "sned"; send, await, stall, half-close and reset are the steps.'],
    [`${minimal}send\n{a: 01\nreset`, 'Line 8: the hole a has no end.'],
    [`${minimal}send\n{a: {b: 01 } }`, 'Line 7: the hole b begins within the hole a.'],
    [`${minimal}send\n01 }`, 'Line 7: a } ends no hole.'],
    [`${minimal}send\n{a @9/4: 01 }\nreset`, 'Line 8: the hole a has a size outside the octets.'],
    [`${minimal}send\n00*999999999`, 'Line 7: the case has too many octets.'],
    [`${minimal}send\n00*60000000\nsend\n00*60000000`, 'Line 9: the case has too many octets.'],
    [`${minimal}departs x`, 'Line 6: departs stands behind send.'],
    [`${minimal}await`, 'Line 6: await wants a name.'],
    [`${minimal}stall long`, 'Line 6: stall wants milliseconds, as in "stall 200 ms".'],
    [`${minimal}reset now`, 'Line 6: reset stands alone.'],
  ])('of %j says what is wrong and where', (text, sentence) => {
    expect(() => readCase(text)).toThrow(CaseError);
    expect(() => readCase(text)).toThrow(sentence);
  });

  test('never fails otherwise, whatever it is', () => {
    const line = fc.oneof(
      fc.string(),
      fc.constantFrom('send', '01 | {a @0/1:', '}', '-- seed 1', 'await x on channel 99999999999', 'ff*20', 'departs', '\\u{110000}'),
    );
    fc.assert(
      fc.property(fc.array(line), lines => {
        try {
          readCase(minimal + lines.join('\n'));
        } catch (error) {
          expect(error).toBeInstanceOf(CaseError);
        }
      }),
    );
  });
});
