import { describe, expect, test } from 'vitest';
import { answerWords, duration, endingWords, noteTexts, plural, reasonWords, replyCode, sourceWords, visible } from './words.ts';

test.each([
  ['text\nstays', 'text\nstays'],
  ['a\u0000b\u001b[31mc\u007f\td\r', 'a\\x00b\\x1b[31mc\\x7f\\x09d\\x0d'],
  ['\u202eevil\u2069\u200f\u2028\u0085', '\\u{202e}evil\\u{2069}\\u{200f}\\u{2028}\\u{85}'],
  ['\ud800 żółć 🐇 \ufeff', '\\u{d800} żółć 🐇 \\u{feff}'],
])('visible(%j)', (text, shown) => {
  expect(visible(text)).toBe(shown);
});

test.each([
  [0.834, '0.8 ms'],
  [12.4, '12 ms'],
  [999.4, '999 ms'],
  [14_832, '14.8 s'],
  [99_940, '99.9 s'],
  [99_960, '1 min 40 s'],
  [200_000, '3 min 20 s'],
])('duration(%d)', (ms, words) => {
  expect(duration(ms)).toBe(words);
});

test('reply codes have their names, strange ones none', () => {
  expect(replyCode(404)).toBe('404 not-found');
  expect(replyCode(999)).toBe('999');
});

test.each([
  [{ kind: 'connection-close', code: 503, reading: 'text' }, 'connection.close 503 command-invalid'],
  [{ kind: 'channel-close', code: 406, reading: 'text' }, 'channel.close 406 precondition-failed'],
  [{ kind: 'bare-close', reading: 'text' }, 'the socket closed, nothing sent'],
  [{ kind: 'header-then-close', reading: 'text' }, 'a protocol header, then the socket closed'],
  [{ kind: 'method', method: 'queue.delete-ok', reading: 'practice' }, 'queue.delete-ok'],
  [{ kind: 'discarded', reading: 'errata' }, 'nothing visible, the conversation goes on'],
  [{ kind: 'close', condition: 'amqp:connection:framing-error', reading: 'text' }, 'close amqp:connection:framing-error'],
  [{ kind: 'detach', condition: 'any', reading: 'text' }, 'detach with an error'],
  [{ kind: 'outcome', outcome: 'rejected', condition: 'amqp:not-found', reading: 'text' }, 'disposition rejected amqp:not-found'],
  [{ kind: 'outcome', outcome: 'released', reading: 'text' }, 'disposition released'],
  [{ kind: 'sasl-outcome', saslCode: 'auth', reading: 'text' }, 'sasl-outcome auth'],
  [{ kind: 'performative', performative: 'attach', reading: 'text' }, 'attach'],
  [{ kind: 'response', status: 404, reading: 'text' }, 'response with status 404'],
] as const)('answer %j', (answer, words) => {
  expect(answerWords(answer)).toBe(words);
});

describe('endings', () => {
  test.each([
    [{ kind: 'open' }, 'conversation still open'],
    [{ kind: 'peer-died' }, 'the broker is gone'],
    [{ kind: 'channel-closed', code: 404, text: 'no queue' }, 'channel closed with 404 not-found: no queue'],
    [{ kind: 'connection-closed', code: 320, text: '' }, 'connection closed with 320 connection-forced'],
    [{ kind: 'link-detached', condition: 'amqp:not-found' }, 'link detached with amqp:not-found'],
  ] as const)('%j', (ending, words) => {
    expect(endingWords(ending)).toBe(words);
  });
});

test('reasons are said in plain words, and strange ones as they are', () => {
  expect(reasonWords({ reason: 'peer-slow', message: 'No answer.' })).toBe('the broker was slow to everyone at that time: No answer.');
  expect(reasonWords({ reason: 'answered 540' })).toBe('answered 540');
  expect(reasonWords({ reason: 'None offered.', message: 'None offered.' })).toBe('None offered.');
  expect(reasonWords({ reason: 'None offered.', message: 'Ask again.' })).toBe('None offered: Ask again.');
  expect(reasonWords({})).toBe('');
});

test('sources are cited as people do', () => {
  expect(sourceWords({ kind: 'xml', path: 'queue.declare.passive' })).toBe('XML queue.declare.passive');
  expect(sourceWords({ kind: 'errata', item: 11 })).toBe('errata item 11');
});

test('plural', () => {
  expect([0, 1, 2].map(n => plural(n, 'check'))).toEqual(['0 checks', '1 check', '2 checks']);
});

test('a note that came several times is told once, with how often', () => {
  const notes = ['again', 'else', 'again', 'again'].map(text => ({ text }));
  expect(noteTexts(notes)).toEqual(['again (3 times)', 'else']);
});
