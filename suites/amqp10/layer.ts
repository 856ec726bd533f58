import type { Connection10, Connection10Options } from '../../harness/probe/amqp10-peer.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { protocolHeaders } from '../../harness/wire/amqp10/codec.ts';
import { compositeAs, frameOf, joined } from '../../harness/wire/amqp10/craft.ts';

/* The SASL layer step by step, for checks whose matter it is. */

const saslId = 3;
const saslFrameType = 1;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

export const ascii = (text: string): Uint8Array => encoder.encode(text);
export const textOf = (octets: Uint8Array): string => decoder.decode(octets);

/** PLAIN's response with these parts. */
export const plain = (...parts: readonly string[]): Uint8Array => ascii(parts.join('\0'));

/** Any octets as the body of a SASL frame. */
export const saslFrame = (body: Uint8Array): Uint8Array => frameOf(body, { type: saslFrameType });

/** An init as a frame, with whatever is wanted of its head. */
export function initFrame(mechanism: string, initialResponse: Uint8Array, how: Parameters<typeof frameOf>[1] = {}): Uint8Array {
  return frameOf(compositeAs('sasl-init', { mechanism, initialResponse }), { type: saslFrameType, ...how });
}

/** An open and a begin on channel 0, each in a frame. */
export function opening(peer: Peer): readonly Uint8Array[] {
  const begin = compositeAs('begin', { nextOutgoingId: 0, incomingWindow: 2048, outgoingWindow: 2048 });
  return [frameOf(compositeAs('open', { containerId: peer.name() })), frameOf(begin)];
}

/** A stream on which the SASL layer has begun, mechanisms included; the check says all that the client says. */
export async function layer(peer: Peer, options: Connection10Options = {}): Promise<Connection10> {
  const connection = await peer.connection10({ ...options, upTo: 'dial' });
  connection.sendBytes(protocolHeaders.sasl);
  const header = await connection.expectHeader();
  if (header[4] !== saslId) {
    await connection.ended('close');
    peer.notApplicable('The server has no SASL layer.');
  }
  await connection.expectSasl('sasl-mechanisms');
  return connection;
}

/**
 * Ends the check at a server that turns nobody away: it serves who skips SASL, and lets a user in that nobody knows, with a password that nobody gave. No credentials
 * are wrong there, as where security is switched off.
 */
export async function expectGuarded(peer: Peer): Promise<void> {
  const stranger = await peer.connection10({ upTo: 'dial' });
  stranger.sendBytes(joined(protocolHeaders.amqp, ...opening(peer)));
  for (const wanted of ['open', 'begin']) {
    let seen = await stranger.next('close');
    if (seen.kind === 'protocol-header') seen = await stranger.next('close');
    if (seen.kind !== 'frame' || seen.performative.type !== wanted) return;
  }
  const nobody = await offering(peer, 'PLAIN');
  nobody.sendSasl({ type: 'sasl-init', mechanism: 'PLAIN', initialResponse: plain('', peer.name('nobody'), peer.name('nothing')) });
  const { code } = await nobody.expectSasl('sasl-outcome');
  if (code === 'ok') peer.notApplicable('The server lets in whoever comes, with any password and with none.');
}

/** The same as `layer`, at a server that offers this mechanism. */
export async function offering(peer: Peer, mechanism: string, options: Connection10Options = {}): Promise<Connection10> {
  const connection = await layer(peer, options);
  if (!connection.mechanisms.includes(mechanism)) peer.notApplicable(`The server does not offer ${mechanism}.`);
  return connection;
}

export type ScramName = 'SCRAM-SHA-256' | 'SCRAM-SHA-512';

/** Which SCRAM of these the server offers, the first that it does. */
export async function offeredScram(peer: Peer): Promise<{ readonly connection: Connection10; readonly mechanism: ScramName }> {
  const connection = await layer(peer);
  const mechanism = (['SCRAM-SHA-256', 'SCRAM-SHA-512'] as const).find(name => connection.mechanisms.includes(name));
  return mechanism === undefined ? peer.notApplicable('The server does not offer SCRAM-SHA-256 or SCRAM-SHA-512.') : { connection, mechanism };
}

/** What SCRAM's first message of the server says. */
export interface ServerFirst {
  readonly nonce: string;
  readonly salt: string;
  readonly iterations: number;
}

/** Sends SCRAM's first message, for this user, and takes that of the server. */
export async function scramFirst(connection: Connection10, mechanism: ScramName, user: string, nonce: string): Promise<ServerFirst> {
  connection.sendSasl({ type: 'sasl-init', mechanism, initialResponse: ascii(`n,,n=${user},r=${nonce}`) });
  const { challenge } = await connection.expectSasl('sasl-challenge');
  const attributes = new Map(
    textOf(challenge)
      .split(',')
      .map(part => [part.slice(0, 1), part.slice(2)]),
  );
  return { nonce: attributes.get('r') ?? '', salt: attributes.get('s') ?? '', iterations: Number(attributes.get('i')) };
}
