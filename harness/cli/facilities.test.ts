import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createAuthority } from '../target/certificates.ts';
import { facilitiesOfUrl } from '../target/url-facilities.ts';
import { CommandError, exitStatus } from './errors.ts';
import { readFacilities } from './facilities.ts';
import { emptyFolder } from './testing.ts';

const restrictions = ['no-configure', 'no-write', 'no-read', 'no-access'] as const;
const logins = restrictions.map(name => `  ${name}: { user: ${name}, password: s3cret }`).join('\n');

async function read(content: string, others: Readonly<Record<string, string>> = {}) {
  const folder = await emptyFolder();
  for (const [name, text] of Object.entries({ 'facilities.yaml': content, ...others })) await writeFile(join(folder, name), text);
  return readFacilities(join(folder, 'facilities.yaml'));
}

async function refusal(content: string): Promise<string> {
  const error: unknown = await read(content).catch((reason: unknown) => reason);
  if (!(error instanceof CommandError)) return `no refusal: ${String(error)}`;
  expect(error.status).toBe(exitStatus.usage);
  expect(error.message).not.toContain('s3cret');
  return error.message;
}

describe('a facilities file', () => {
  test('says who lacks what, where TLS is spoken and how an alarm is raised', async () => {
    const { certificate, issue } = createAuthority('test');
    const { cert, key } = issue('somebody');
    const files = { 'ca.pem': certificate, 'c.pem': cert, 'c.key': key };
    const content = `logins:\n${logins}\notherVirtualHost: other\ntls:\n  url: amqps://broker.example:5681\n  ca: ca.pem\n  certificates:
    user: somebody\n    known: { cert: c.pem, key: c.key }\n    unknown-user: { cert: c.pem, key: c.key }
alarm:\n  memory: { raise: ['true'], clear: ['false'] }\n  disk: { raise: [nowhere-to-be-found], clear: ['true'] }\nacknowledgementTimeoutMs: 1500\n`;
    const data = await read(content, files);
    expect(data.tls).toMatchObject({ url: 'amqps://broker.example:5681', ca: certificate, certificates: { user: 'somebody', known: { cert, key } } });
    const facilities = facilitiesOfUrl(data, '/usual');
    expect(facilities.logins?.['no-read']).toEqual({ user: 'no-read', password: 's3cret', virtualHost: '/usual' });
    expect(facilities).toMatchObject({ otherVirtualHost: 'other', clientCertificates: { user: 'somebody' }, acknowledgementTimeoutMs: 1500 });
    await expect(facilities.alarm?.raise('memory')).resolves.toBeUndefined();
    await expect(facilities.alarm?.clear('memory')).rejects.toThrow('The program false of the facilities file failed: status 1.');
    await expect(facilities.alarm?.raise('disk')).rejects.toThrow('The program nowhere-to-be-found of the facilities file could not be started.');
  });

  test('says where WebSocket is spoken', async () => {
    const { certificate } = createAuthority('test');
    const data = await read('webSocket: { url: wss://broker.example/amqp, ca: ca.pem }', { 'ca.pem': certificate });
    expect(data.webSocket).toEqual({ url: 'wss://broker.example/amqp', ca: certificate });
    expect(facilitiesOfUrl(data, '/').webSocket).toBeDefined();
    expect(await refusal('webSocket: { url: ws://u:s3cret@h }')).toMatch(/wrong at \/webSocket\/url, line 1: must match pattern/);
  });

  test('may say nothing at all', async () => {
    expect(facilitiesOfUrl(await read(''), '/')).toEqual({});
  });

  test.each([
    ['an unknown name', 'otherVirtualhost: x', /wrong at its top, line 1: must NOT have additional properties: otherVirtualhost\.$/],
    ['a login too few', `otherVirtualHost: x\nlogins:\n  no-read: { user: a, password: s3cret }`, /wrong at \/logins, line 3: must have required property/],
    ['a password that is a number', `logins:\n${logins.replace('s3cret', '7')}`, /wrong at \/logins\/no-configure\/password, line 2: must be string\.$/],
    ['a URL with a login', 'tls: { url: amqps://u:s3cret@h }', /wrong at \/tls\/url, line 1: must match pattern/],
    [
      'a command in one piece',
      'alarm: { memory: { raise: a b, clear: [c] }, disk: { raise: [a], clear: [b] } }',
      /wrong at \/alarm\/memory\/raise, line 1: must be array/,
    ],
    ['text that is no YAML', 'logins:\n  - {', /is no valid YAML: line \d+: /],
    [
      'a certificate that is not there',
      'tls: { url: "amqps://h", ca: missing.pem }',
      /The file \S+missing\.pem, which the facilities file \S+ names, cannot be read\.$/,
    ],
  ])('with %s is refused with its place', async (_, content, sentence) => {
    expect(await refusal(content)).toMatch(sentence);
  });

  test('that is not there is refused', async () => {
    await expect(readFacilities('/nowhere/facilities.yaml')).rejects.toThrow(/cannot be read\. Check the path after --facilities\.$/);
  });
});
