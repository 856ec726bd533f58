import { describe, expect, test } from 'vitest';
import { digest, fingerprint } from './digest.ts';
import { type Failure, judgeAnyCut, judge as judgeLook } from './oracle.ts';
import { type Parser, ParserError, type Push } from './parsers.ts';

const rejects = (thrown: unknown): boolean => thrown instanceof Error && thrown.name === 'ParseError';
const bytes = Uint8Array.of(1, 2, 3, 4, 5, 6);

const judge = (parser: Parser, octets: Uint8Array, cuts: readonly number[]): Failure | undefined =>
  judgeLook(parser, octets, { cuts: cuts.length === 0 ? [] : [cuts], encoded: true, described: true });

const parsing = (parse: (octets: Buffer) => unknown): Parser => ({ parse, rejects });
const streaming = (create: () => Push): Parser => ({ create, rejects });

/** A parser that gives each pair of octets. */
function pairs(): Push {
  let held: number[] = [];
  return chunk => {
    held.push(...chunk);
    const found: Buffer[] = [];
    for (; held.length >= 2; held = held.slice(2)) found.push(Buffer.from(held.slice(0, 2)));
    return found;
  };
}

const parseError = (): Error => Object.assign(new Error('no'), { name: 'ParseError' });

describe('a parser that answers', () => {
  test.each([undefined, null, 0, [], { error: undefined }, { error: 'bad octet' }, new Error('an answer')])('%s has done nothing wrong', answer => {
    expect(
      judge(
        parsing(() => answer),
        bytes,
        [],
      ),
    ).toBe(undefined);
  });

  test('by throwing a ParseError has rejected', () => {
    const parser = parsing(() => {
      throw parseError();
    });
    expect(judge(parser, bytes, [])).toBe(undefined);
  });

  test('by throwing anything else has failed, at a place', () => {
    const parser = parsing(octets => octets.readUInt32BE(4));
    const found = judge(parser, bytes, []);
    expect(found?.kind).toBe('throw');
    expect(found?.message).toMatch(/^RangeError: .*out of range.* \(oracle\.test\.ts:\d+:\d+\)$/);
  });

  test('fails the same way whatever the numbers and quotes in its message', () => {
    const parser = parsing(octets => {
      throw new Error(`octet ${octets[0]} is no '${String.fromCharCode(octets[1] ?? 0)}'`);
    });
    const [first, second] = [bytes, bytes.map(octet => octet + 60)].map(octets => judge(parser, octets, []));
    expect(first?.message).not.toBe(second?.message);
    expect(first?.signature).toBe(second?.signature);
  });

  test('by throwing what is no error has failed', () => {
    const parser = parsing(() => {
      throw { code: 7 };
    });
    expect(judge(parser, bytes, [])?.message).toBe('threw {code:7}');
  });

  test('with a promise cannot be judged', () => {
    expect(() =>
      judge(
        parsing(async () => 1),
        bytes,
        [],
      ),
    ).toThrow(ParserError);
  });

  test('cannot spoil the octets for the next', () => {
    judge({ ...parsing(octets => octets.fill(0)), create: () => chunk => chunk.fill(0) }, bytes, [3]);
    expect(bytes).toEqual(Uint8Array.of(1, 2, 3, 4, 5, 6));
  });
});

describe('a streaming parser', () => {
  test('that keeps what it needs has done nothing wrong', () => {
    expect(judge(streaming(pairs), bytes, [1, 2, 5])).toBe(undefined);
    expect(judgeAnyCut(streaming(pairs), bytes, [])).toBe(undefined);
  });

  test('that tells another story on a cut has failed, and any cut that shows it is found', () => {
    const forgetful = (): Push => {
      let push = pairs();
      let seen = 0;
      return chunk => {
        if (seen === 3) push = pairs();
        seen += chunk.length;
        return push(chunk);
      };
    };
    expect(judge(streaming(forgetful), bytes, [2])).toBe(undefined);
    expect(judge(streaming(forgetful), bytes, [3])?.message).toBe('cut at 3, thing 2 of the stream is another: 0x0405 instead of 0x0304');
    expect(judgeAnyCut(streaming(forgetful), bytes, [])).toMatchObject({ kind: 'cut-dependent', cuts: [3] });
  });

  test('that rejects on a cut only has failed', () => {
    const strict = (): Push => chunk => (chunk.length < 2 ? { error: 'too short' } : undefined);
    expect(judge(streaming(strict), bytes, [5])?.message).toBe('cut at 5, the stream is rejected, which it is not as a whole');
  });

  test('that loses with the chunk what came before a rejection has done nothing wrong', () => {
    const picky = (): Push => {
      const push = pairs();
      return chunk => {
        if (chunk.includes(6)) throw parseError();
        return push(chunk);
      };
    };
    expect(judge(streaming(picky), bytes, [2, 4])).toBe(undefined);
  });

  test('whose things cannot be read has failed', () => {
    const lazy = (): Push => () => ({
      get properties(): never {
        throw new TypeError('late');
      },
    });
    expect(judge(streaming(lazy), bytes, [])).toMatchObject({ kind: 'throw' });
  });
});

describe('values are compared', () => {
  const alike: readonly (readonly [unknown, unknown])[] = [
    [
      { a: 1, b: [2n, 'x'] },
      { b: [2n, 'x'], a: 1 },
    ],
    [Buffer.from('abc'), Uint8Array.of(97, 98, 99)],
    [new Map([['k', 1]]), new Map([['k', 1]])],
    [Number.NaN, Number.NaN],
  ];
  const unlike: readonly (readonly [unknown, unknown])[] = [
    [1, 1n],
    [1, '1'],
    [
      [1, 2],
      [2, 1],
    ],
    [{ a: 1 }, { b: 1 }],
    [
      { a: 1, b: 2 },
      { a: 2, b: 1 },
    ],
    [Buffer.from('abc'), Buffer.from('abd')],
    [2n ** 40n, 2n ** 41n],
    [1.5, 2.5],
    [null, undefined],
  ];
  test.each(alike)('%o and %o are alike', (a, b) => {
    expect(digest(a)).toBe(digest(b));
    expect(fingerprint(a)).toBe(fingerprint(b));
  });
  test('even where they hold themselves', () => {
    const cyclic: unknown[] = [1];
    cyclic.push(cyclic);
    expect(digest(cyclic)).toBe('[1,…]');
    expect(fingerprint(cyclic)).not.toBe(fingerprint([1]));
  });
  test.each(unlike)('%o and %o are not', (a, b) => {
    expect(digest(a)).not.toBe(digest(b));
    expect(fingerprint(a)).not.toBe(fingerprint(b));
  });
});
