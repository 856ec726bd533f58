import { describe, expect, test } from 'vitest';
import { redactTranscript, redactUrl } from './record-secrets.ts';
import type { TranscriptEntry } from './verdict.ts';

describe('redactUrl', () => {
  test.each([
    ['amqp://guest:guest@localhost:5672/', 'amqp://guest:***@localhost:5672/'],
    ['amqps://u:p%40ss@h/vhost?x=a:b@c', 'amqps://u:***@h/vhost?x=a:b@c'],
    ['amqp://:secret@h', 'amqp://:***@h'],
    ['amqp://user@h/', 'amqp://user@h/'],
    ['amqp://[::1]:5672/a@b', 'amqp://[::1]:5672/a@b'],
    ['amqp://u:se/cr@et@h:99999/', 'amqp://u:***@h:99999/'],
    ['rabbitmq@4.0', 'rabbitmq@4.0'],
  ])('%s', (url, redacted) => {
    expect(redactUrl(url)).toBe(redacted);
  });
});

const credentials = { user: 'guest', password: 's3cret' };
const hex = (text: string) => Buffer.from(text, 'latin1').toString('hex');
const entry = (text: string, decoded: readonly string[] = [], direction: TranscriptEntry['direction'] = 'sent', connection = 1): TranscriptEntry => ({
  connection,
  direction,
  atMs: 0,
  hex: hex(text),
  decoded,
});
const textOf = (entries: readonly TranscriptEntry[]) => entries.map(each => Buffer.from(each.hex, 'hex').toString('latin1')).join('|');

describe('redactTranscript', () => {
  test('blots the password out of PLAIN and AMQPLAIN, in place', () => {
    const plain = entry('..PLAIN\0\0\0\x0d\0guest\0s3cret..');
    const amqplain = entry('\x05LOGINS\0\0\0\x05guest\x08PASSWORDS\0\0\0\x06s3cret..');
    expect(textOf(redactTranscript([plain, amqplain], [credentials]))).toBe(
      '..PLAIN\0\0\0\x0d\0guest\0******..|\x05LOGINS\0\0\0\x05guest\x08PASSWORDS\0\0\0\x06******..',
    );
  });

  test('finds it cut into several writes, with another connection in between', () => {
    const log = [entry('\0gue'), entry('\0guest\0s3', [], 'sent', 2), entry('st\0s3c'), entry('back', [], 'received'), entry('ret.')];
    expect(textOf(redactTranscript(log, [credentials]))).toBe('\0gue|\0guest\0**|st\0***|back|***.');
  });

  test('leaves the same text alone elsewhere, and other passwords', () => {
    const log = [entry('s3cret queue'), entry('\0guest\0wrong'), entry('\0guest\0s3cret', [], 'received')];
    expect(redactTranscript(log, [credentials])).toEqual(log);
  });

  test('blots decoded lines, whole or elided, as hexadecimal or text', () => {
    const lines = [
      `start-ok (response 0x${hex('\0guest\0s3cret')}, locale "x")`,
      `start-ok (response 0x${hex('\0guest\0s3')}… (40 octets))`,
      'response "\\u0000guest\\u0000s3cret"',
      'queue "s3cret"',
    ];
    const [redacted] = redactTranscript([entry('', lines)], [credentials]);
    expect(redacted?.decoded).toEqual([
      `start-ok (response 0x${hex('\0guest\0******')}, locale "x")`,
      `start-ok (response 0x${hex('\0guest\0**')}… (40 octets))`,
      'response "\\u0000guest\\u0000***"',
      'queue "s3cret"',
    ]);
  });

  test('blots the passwords of all logins, and whatever secret an update carries', () => {
    const update = entry(`\x01\0\0\0\0\0\x10\0\x0a\0\x46\0\0\0\x06s3cret\x01r\xce`, [
      '0: channel 0 connection.update-secret (new-secret "s3cret", reason "r")',
    ]);
    const log = [entry('\0guest\0s3cret'), entry('\0other\0hidden'), update];
    const redacted = redactTranscript(log, [credentials, { user: 'other', password: 'hidden' }]);
    expect(textOf(redacted)).toBe('\0guest\0******|\0other\0******|\x01\0\0\0\0\0\x10\0\x0a\0\x46\0\0\0\x06******\x01r\xce');
    expect(redacted[2]?.decoded).toEqual(['0: channel 0 connection.update-secret (new-secret "***", reason "r")']);
  });

  test('an empty password hides nothing', () => {
    const log = [entry('\0guest\0')];
    expect(redactTranscript(log, [{ user: 'guest', password: '' }])).toEqual(log);
  });
});
