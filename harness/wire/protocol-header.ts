import { protocolHeader } from '../spec/amqp091/constants.ts';
import type { RuleId } from '../spec/catalogue.ts';
import { wireRules } from './amqp091/wire-rules.ts';
import type { Decoded } from './decoded.ts';

/** `AMQP` 0 0 9 1. */
export const protocolHeader091: Uint8Array = Uint8Array.from(protocolHeader);

/** The eight octets that open a connection. 1.0 reads the last four as id, major, minor and revision; 0-9-1 has a constant 0 for the id. */
export interface ProtocolHeader {
  readonly id: number;
  readonly major: number;
  readonly minor: number;
  readonly revision: number;
  /** The eight octets as they came. */
  readonly bytes: Uint8Array;
}

const literal = protocolHeader.slice(0, 4);

/**
 * Reads a protocol header of any AMQP version; which versions are served is for the caller to say. Octets that do not spell `AMQP` are a
 * violation as soon as the first wrong one is there, of `rule`, which is that of 0-9-1 unless given.
 */
export function parseProtocolHeader(bytes: Uint8Array, rule: RuleId = wireRules.protocolHeader): Decoded<ProtocolHeader> {
  const wrong = literal.findIndex((octet, index) => index < bytes.length && bytes[index] !== octet);
  if (wrong >= 0) return { kind: 'violation', rule, offset: wrong, detail: 'the first four octets do not spell AMQP' };
  if (bytes.length < protocolHeader.length) return { kind: 'need-more', atLeast: protocolHeader.length - bytes.length };
  const [id = 0, major = 0, minor = 0, revision = 0] = bytes.subarray(4, 8);
  return { kind: 'value', value: { id, major, minor, revision, bytes: bytes.subarray(0, 8) }, end: protocolHeader.length };
}
