import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** PEM texts of a certificate and its key. */
export interface Credential {
  readonly cert: string;
  readonly key: string;
}

/** On the curve P-256, or RSA of 2048 bits for servers that read no other. */
export type KeyKind = 'ec' | 'rsa';

/** Signs certificates for as long as this process lives; its key is kept nowhere else. */
export interface Authority {
  /** PEM. */
  readonly certificate: string;
  /** A certificate for a server at these host names and addresses, or for a client where there are none. */
  issue(commonName: string, hosts?: readonly string[], kind?: KeyKind): Credential;
}

/** ASN.1 tags. */
const tags = { boolean: 1, integer: 2, bitString: 3, octetString: 4, oid: 6, utf8: 12, time: 24, sequence: 48, set: 49, version: 160, extensions: 163 };
/** Of a general name (RFC 5280, 4.2.1.6). */
const names = { dns: 0x82, ip: 0x87 };

const ecdsaWithSha256 = '2a8648ce3d040302';
const oids = {
  commonName: '550403',
  subjectKeyId: '551d0e',
  keyUsage: '551d0f',
  alternativeName: '551d11',
  basicConstraints: '551d13',
  authorityKeyId: '551d23',
  extendedKeyUsage: '551d25',
  serverAuth: '2b06010505070301',
  clientAuth: '2b06010505070302',
};
/** Bits of keyUsage, with the number of unused ones in front. */
const usages = { digitalSignature: [7, 0x80], certificateSigning: [1, 0x06] };

type Octets = Uint8Array;

/** An ASN.1 value in its distinguished encoding. */
function der(tag: number, ...content: readonly (Octets | readonly number[])[]): Octets {
  const body = Buffer.concat(content.map(part => Uint8Array.from(part)));
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff];
  return Uint8Array.from([tag, ...length, ...body]);
}

const oid = (hex: string): Octets => der(tags.oid, Buffer.from(hex, 'hex'));
const algorithm = (): Octets => der(tags.sequence, oid(ecdsaWithSha256));
const nameOf = (commonName: string): Octets =>
  der(tags.sequence, der(tags.set, der(tags.sequence, oid(oids.commonName), der(tags.utf8, Buffer.from(commonName)))));
const timeOf = (date: Date): Octets => der(tags.time, Buffer.from(`${date.toISOString().replace(/[-:T]|\.\d+Z/g, '')}Z`));

function extension(id: string, value: Octets, critical = false): Octets {
  return der(tags.sequence, oid(id), ...(critical ? [der(tags.boolean, [0xff])] : []), der(tags.octetString, value));
}

function generalName(host: string): Octets {
  const octets = host.split('.').map(Number);
  const isAddress = octets.length === 4 && octets.every(each => Number.isInteger(each));
  return isAddress ? der(names.ip, octets) : der(names.dns, Buffer.from(host));
}

const publicOctets = (key: KeyObject): Octets => key.export({ type: 'spki', format: 'der' });
const keyId = (key: KeyObject): Octets => createHash('sha1').update(publicOctets(key)).digest();

interface Wanted {
  readonly subject: string;
  readonly issuer: string;
  readonly publicKey: KeyObject;
  readonly issuerKeys: KeyPair;
  readonly extensions: readonly Octets[];
}

interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

const newKeys = (kind: KeyKind = 'ec'): KeyPair =>
  kind === 'rsa' ? generateKeyPairSync('rsa', { modulusLength: 2048 }) : generateKeyPairSync('ec', { namedCurve: 'P-256' });
const hourMs = 3_600_000;

/** A certificate of version 3 as RFC 5280 has it, good from an hour ago for a year, in PEM. */
function certificate({ subject, issuer, publicKey, issuerKeys, extensions }: Wanted): string {
  const now = Date.now();
  const keyIds = [
    extension(oids.subjectKeyId, der(tags.octetString, keyId(publicKey))),
    extension(oids.authorityKeyId, der(tags.sequence, der(0x80, keyId(issuerKeys.publicKey)))),
  ];
  const signed = der(
    tags.sequence,
    der(tags.version, der(tags.integer, [2])),
    der(tags.integer, [1, ...randomBytes(8)]),
    algorithm(),
    nameOf(issuer),
    der(tags.sequence, timeOf(new Date(now - hourMs)), timeOf(new Date(now + 365 * 24 * hourMs))),
    nameOf(subject),
    publicOctets(publicKey),
    der(tags.extensions, der(tags.sequence, ...extensions, ...keyIds)),
  );
  const signature = sign('sha256', signed, issuerKeys.privateKey);
  const whole = der(tags.sequence, signed, algorithm(), der(tags.bitString, [0], signature));
  const lines =
    Buffer.from(whole)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

/** A certificate authority for tests, with a key on the curve P-256. */
export function createAuthority(name: string): Authority {
  const issuerKeys = newKeys();
  const constraints = extension(oids.basicConstraints, der(tags.sequence, der(tags.boolean, [0xff])), true);
  const usage = extension(oids.keyUsage, der(tags.bitString, usages.certificateSigning), true);
  return {
    certificate: certificate({ subject: name, issuer: name, publicKey: issuerKeys.publicKey, issuerKeys, extensions: [constraints, usage] }),
    issue(commonName, hosts = [], kind = 'ec') {
      const keys = newKeys(kind);
      const purpose = oid(hosts.length > 0 ? oids.serverAuth : oids.clientAuth);
      const extensions = [
        extension(oids.keyUsage, der(tags.bitString, usages.digitalSignature), true),
        extension(oids.extendedKeyUsage, der(tags.sequence, purpose)),
        ...(hosts.length > 0 ? [extension(oids.alternativeName, der(tags.sequence, ...hosts.map(generalName)))] : []),
      ];
      const cert = certificate({ subject: commonName, issuer: name, publicKey: keys.publicKey, issuerKeys, extensions });
      return { cert, key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
    },
  };
}
