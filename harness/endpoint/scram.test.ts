import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ClientMechanism, dataAsChallenge, type ServerMechanism } from './sasl.ts';
import { scramClient, scramSecret, scramServer } from './scram.ts';

const text = (octets: Uint8Array): string => Buffer.from(octets).toString();
const iterations = 8;

/** Runs an exchange to its end; `proven` is what the client makes of the server's proof. */
function exchange(server: ServerMechanism, client: ClientMechanism): { readonly kind: string; readonly proven: boolean | undefined } {
  const serving = server.begin();
  let step = serving.step(client.respond(undefined));
  for (let turn = 0; step.kind === 'challenge' && turn < 5; turn += 1) step = serving.step(client.respond(step.challenge));
  if (step.kind === 'success' && step.data !== undefined) client.verify?.(step.data);
  return { kind: step.kind, proven: client.verified };
}

describe.each(['sha256', 'sha512'] as const)('SCRAM with %s', hash => {
  const secret = scramSecret(hash, 'pencil', { iterations });
  const server = scramServer(hash, user => (user === 'a=user, x' ? secret : undefined));

  test('lets in who knows the password, and proves that the server knows it', () => {
    expect(exchange(server, scramClient(hash, { user: 'a=user, x', password: 'pencil' }))).toEqual({ kind: 'success', proven: true });
  });

  test('proves it by a last challenge where the outcome has no room', () => {
    expect(exchange(dataAsChallenge(server), scramClient(hash, { user: 'a=user, x', password: 'pencil' }))).toEqual({ kind: 'success', proven: true });
  });

  test.each([
    ['a wrong password', { user: 'a=user, x', password: 'pen' }],
    ['an unknown user', { user: 'nobody', password: 'pencil' }],
  ])('refuses %s, without a proof', (_, login) => {
    expect(exchange(server, scramClient(hash, login))).toEqual({ kind: 'failure', proven: false });
  });

  test('a server that does not know the password proves nothing', () => {
    const client = scramClient(hash, { user: 'a=user, x', password: 'pencil' });
    const serving = server.begin();
    const first = serving.step(client.respond(undefined));
    if (first.kind !== 'challenge') throw new Error(first.kind);
    client.respond(first.challenge);
    expect(client.verify?.(Buffer.from('v=AAAA'))).toBe(false);
  });

  test('an unknown user is shown the same salt each time', () => {
    const salts = [1, 2].map(() => {
      const step = server.begin().step(Buffer.from('n,,n=nobody,r=abc'));
      return step.kind === 'challenge' ? /s=([^,]+)/.exec(text(step.challenge))?.[1] : '';
    });
    expect(salts[0]).toMatch(/^.{20,}$/);
    expect(salts[1]).toBe(salts[0]);
  });

  test('whatever a client sends is answered, and lets nobody in', () => {
    const response = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.string({ maxLength: 40 }).map(Buffer.from),
      fc.constantFrom('n,,n=x,r=y', 'p=tls,,n=x,r=y', 'c=biws,r=,p=', 'n,a=z,n=x,r=y').map(Buffer.from),
    );
    fc.assert(
      fc.property(fc.array(response, { maxLength: 4 }), responses => {
        const serving = server.begin();
        expect(responses.map(each => serving.step(each).kind)).not.toContain('success');
      }),
    );
  });

  test('whatever a server sends is answered, and proves nothing', () => {
    const challenge = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      fc.constantFrom('r=nonceX,s=AAAA,i=4', 'r=nonce,s=AAAA,i=4', 'r=nonceX,s=AAAA,i=9999999999', 'v=AAAA').map(Buffer.from),
    );
    fc.assert(
      fc.property(fc.array(challenge, { maxLength: 4 }), challenges => {
        const client = scramClient(hash, { user: 'u', password: 'p' }, 'nonce');
        for (const each of challenges) client.respond(each);
        expect(client.verified).toBe(false);
      }),
    );
  });
});

test('the example of RFC 7677 comes out to the octet', () => {
  const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
  const server = scramServer(
    'sha256',
    () => scramSecret('sha256', 'pencil', { salt, iterations: 4096 }),
    () => '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
  );
  const client = scramClient('sha256', { user: 'user', password: 'pencil' }, 'rOprNGfwEbeRWgbNEkqO');
  const serving = server.begin();
  const first = serving.step(client.respond(undefined));
  if (first.kind !== 'challenge') throw new Error(first.kind);
  const final = client.respond(first.challenge);
  expect(text(final)).toBe('c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=');
  const done = serving.step(final);
  expect(done.kind === 'success' ? text(done.data ?? new Uint8Array(0)) : done.kind).toBe('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
});
