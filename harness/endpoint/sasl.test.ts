import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodePairs, fieldTable } from '../wire/amqp091/field-table.ts';
import {
  amqplainClient,
  amqplainServer,
  anonymousClient,
  anonymousServer,
  type ClientMechanism,
  type Login,
  plainClient,
  plainServer,
  type SaslStep,
  type ServerMechanism,
} from './sasl.ts';

const verify = ({ user, password }: Login) => user === 'ann' && password === 'p\u00e4ss word';
const good = { user: 'ann', password: 'p\u00e4ss word' };
const octets = (text: string) => new TextEncoder().encode(text);

/** Plays both sides to the end, with the first response held back where `challenged`. */
function play(server: ServerMechanism, client: ClientMechanism, challenged: boolean): SaslStep {
  const exchange = server.begin();
  const first = exchange.step(challenged ? new Uint8Array(0) : client.respond(undefined));
  return first.kind === 'challenge' ? exchange.step(client.respond(first.challenge)) : first;
}

describe.each([
  { name: 'PLAIN', server: plainServer(verify), client: plainClient },
  { name: 'AMQPLAIN', server: amqplainServer(verify), client: amqplainClient },
])('$name', ({ server, client }) => {
  test.each([true, false])('takes good credentials (asked by a challenge: %s)', challenged => {
    expect(play(server, client(good), challenged)).toEqual({ kind: 'success', user: 'ann' });
  });

  test.each([
    { user: 'ann', password: 'x' },
    { user: 'bob', password: 'p\u00e4ss word' },
  ])('refuses others, and the reason holds no password', login => {
    expect(play(server, client(login), false)).toEqual({ kind: 'failure', reason: `the credentials of ${login.user} do not hold` });
  });

  test('an empty answer to a challenge is a failure, not another challenge', () => {
    const exchange = server.begin();
    exchange.step(new Uint8Array(0));
    expect(exchange.step(new Uint8Array(0)).kind).toBe('failure');
  });

  test('never throws on the octets of a peer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), response => {
        expect(server.begin().step(response).kind).toBe('failure');
      }),
    );
  });
});

describe('PLAIN messages (RFC 4616)', () => {
  test.each([
    ['ann\0ann\0p\u00e4ss word', 'success'],
    ['bob\0ann\0p\u00e4ss word', 'failure'],
    ['ann\0p\u00e4ss word', 'failure'],
    ['\0ann\0p\u00e4ss word\0', 'failure'],
    ['\0\0p\u00e4ss word', 'failure'],
    ['\0ann\0', 'failure'],
  ])('%j: %s', (message, kind) => {
    expect(plainServer(verify).begin().step(octets(message)).kind).toBe(kind);
  });

  test('octets that are no UTF-8 are malformed', () => {
    expect(
      plainServer(() => true)
        .begin()
        .step(Uint8Array.of(0, 0xff, 0, 0x61)),
    ).toEqual({ kind: 'failure', reason: 'the response is malformed' });
  });
});

describe('AMQPLAIN messages', () => {
  test.each([
    [{ LOGIN: 'ann' }, 'failure'],
    [{ LOGIN: 'ann', PASSWORD: 1 }, 'failure'],
    [{ PASSWORD: 'p\u00e4ss word', LOGIN: 'ann', other: true }, 'success'],
  ])('%j: %s', (table, kind) => {
    expect(
      amqplainServer(verify)
        .begin()
        .step(encodePairs(fieldTable(table))).kind,
    ).toBe(kind);
  });
});

test('ANONYMOUS is whom the server says', () => {
  expect(play(anonymousServer('guest'), anonymousClient(), false)).toEqual({ kind: 'success', user: 'guest' });
  expect(play(anonymousServer('guest'), anonymousClient(''), true)).toEqual({ kind: 'success', user: 'guest' });
});
