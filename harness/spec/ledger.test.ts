import { describe, expect, test } from 'vitest';
import { classes } from './amqp091/classes.ts';
import { replyCodes } from './amqp091/constants.ts';
import { rules091 } from './amqp091/rules.ts';
import { rules } from './catalogue.ts';
import { duties, dutyOf, findDuty, legalAnswers, serverDuties } from './ledger.ts';
import type { Rule } from './rule.ts';

const catalogue: readonly (readonly [string, Rule])[] = Object.entries(rules);

/** Every `rule` and `assert` element of the classes connection and channel in the standard's XML, and of the domains that only they use. */
const xmlPaths = [
  'connection.start.protocol-name',
  'connection.start.server-support',
  'connection.start.client-support',
  'connection.start.server-properties.required-fields',
  'connection.start.mechanisms.notnull',
  'connection.start.locales.required-support',
  'connection.start.locales.notnull',
  'connection.start-ok.client-properties.required-fields',
  'connection.start-ok.mechanism.security',
  'connection.start-ok.mechanism.validity',
  'connection.start-ok.mechanism.notnull',
  'connection.start-ok.response.notnull',
  'connection.start-ok.locale.notnull',
  'connection.secure-ok.response.notnull',
  'connection.tune.frame-max.minimum',
  'connection.tune-ok.channel-max.upper-limit',
  'connection.tune-ok.channel-max.notnull',
  'connection.tune-ok.channel-max.le',
  'connection.tune-ok.frame-max.minimum',
  'connection.tune-ok.frame-max.upper-limit',
  'connection.open.virtual-host.separation',
  'connection.open.virtual-host.security',
  'connection.close.stability',
  'connection.close-ok.reporting',
  'channel.open.state',
  'channel.flow.initial-state',
  'channel.flow.bidirectional',
  'channel.flow.throttling',
  'channel.flow.expected-behaviour',
  'channel.close.stability',
  'channel.close-ok.reporting',
  'domain.path.notnull',
  'domain.path.length',
  'domain.reply-code.notnull',
  'domain.reply-text.notnull',
];

/** Sections of the protocol document on framing, connections and channels that say what a peer does. */
const textSections = [
  '2.2.4',
  '2.3.2',
  '2.3.3',
  '2.3.4',
  '2.3.5',
  '2.3.5.1',
  '2.3.5.2',
  '2.3.6',
  '2.3.7',
  '4.2.2',
  '4.2.3',
  '4.2.4',
  '4.2.5.1',
  '4.2.5.2',
  '4.2.5.3',
  '4.2.5.4',
  '4.2.5.5',
  '4.2.6',
  '4.2.6.1',
  '4.2.6.2',
  '4.2.7',
  '4.3',
  '4.4',
  '4.5',
  '4.6',
  '4.7',
  '4.8.1',
  '4.8.2',
  '4.9',
  '4.10.2',
];

/** Errata items that speak of framing, connections, channels and heartbeats. */
const errataItems = [3, 4, 10, 11, 12, 13, 15, 16, 19, 22, 23, 29];

const sources = Object.values<Rule>(rules091).flatMap(rule => rule.source);
const cited = new Set(sources.map(source => (source.kind === 'xml' ? source.path : source.kind === 'text' ? source.section : '')));
const methods = new Set(Object.entries(classes).flatMap(([name, row]) => Object.keys(row.methods).map(method => `${name}.${method}`)));

describe('catalogue', () => {
  test.each(xmlPaths)('accounts for %s of the XML', path => expect(cited).toContain(path));

  test.each(textSections)('accounts for section %s', section => expect(cited).toContain(section));

  test.each(errataItems)('accounts for errata item %i', item => expect(sources).toContainEqual({ kind: 'errata', item }));

  test('every method of connection and channel is cited', () => {
    const own = [...methods].filter(name => /^(connection|channel)\./.test(name));
    const uncited = own.filter(name => ![...cited].some(path => path === name || path.startsWith(`${name}.`)) && !isPlainReply(name));
    expect(uncited).toEqual([]);
  });

  test('ids are slugs', () => {
    expect(catalogue.map(([id]) => id).filter(id => !/^amqp(091|10)\/[a-z0-9]+([.-][a-z0-9]+)*$/.test(id))).toEqual([]);
  });

  test('every rule is one sentence, stands somewhere, and binds somebody', () => {
    for (const [id, rule] of catalogue) {
      expect(rule.statement, id).toMatch(/^\S.*\.$/);
      expect(rule.section, id).not.toBe('');
      expect(Object.keys(rule.duties), id).not.toEqual([]);
    }
  });

  test('no two rules say the same', () => {
    const statements = catalogue.map(([, rule]) => rule.statement);
    expect(statements.filter((statement, at) => statements.indexOf(statement) !== at && statement !== sameInBothClasses(statement))).toEqual([]);
  });

  test('cited sections look like sections, and extensions have an address', () => {
    const sections = sources.flatMap(source => (source.kind === 'text' ? [source.section] : []));
    const addresses = catalogue.flatMap(([, rule]) => rule.source).flatMap(source => (source.kind === 'extension' ? [source.url] : []));
    expect(sections.filter(section => !/^[1-4](\.\d+){1,3}$/.test(section))).toEqual([]);
    expect(addresses.filter(url => !url.startsWith('https://'))).toEqual([]);
  });

  test('legal answers name defined codes and methods, each answer once', () => {
    const answers = duties.flatMap(({ duty }) => duty.answers ?? []);
    expect(answers.filter(answer => 'code' in answer && !(answer.code in replyCodes))).toEqual([]);
    expect(answers.filter(answer => 'method' in answer && !methods.has(answer.method))).toEqual([]);
    for (const { id, duty } of duties) {
      const plain = (duty.answers ?? []).map(answer => JSON.stringify({ ...answer, reading: '' }));
      expect(new Set(plain).size, id).toBe(plain.length);
    }
  });

  test('what a peer must enforce on the wire has legal answers', () => {
    const silent = duties.filter(({ key, duty }) => key === 'enforce' && duty.shown === 'wire' && duty.answers === undefined);
    expect(silent.map(({ id }) => id)).toEqual([]);
  });

  test('what cannot be shown says why', () => {
    const reasons = duties.flatMap(({ duty }) => (duty.shown === 'untestable' ? [duty.reason] : []));
    expect(reasons.length).toBeGreaterThan(0);
    for (const reason of reasons) expect(reason).toMatch(/^[A-Z].{20,}\.$/);
  });
});

describe('ledger', () => {
  test('finds a duty by its id', () => {
    expect(dutyOf('amqp091/4.2.3.frame-end:enforce')).toMatchObject({
      ruleId: 'amqp091/4.2.3.frame-end',
      key: 'enforce',
      duty: { level: 'MUST', shown: 'wire' },
    });
    expect(findDuty('amqp091/4.2.3.frame-end:permit')).toBeUndefined();
  });

  test('gives the legal answers of a duty, none where the rule names none', () => {
    expect(legalAnswers('amqp091/4.2.3.frame-end:enforce')).toEqual([{ kind: 'bare-close', reading: 'text' }]);
    expect(legalAnswers('amqp091/4.2.3.frame-end:emit')).toEqual([]);
  });

  test('server duties leave out permissions, clients and what cannot be shown', () => {
    expect(serverDuties).toContain('amqp091/4.2.3.frame-end:emit');
    expect(serverDuties).toContain('amqp091/4.2.3.frame-end:enforce');
    for (const id of serverDuties) expect(id).toMatch(/:(emit|enforce)$/);
    expect(serverDuties).not.toContain('amqp091/4.2.3.frame-end-log:emit');
    expect(new Set(serverDuties).size).toBe(serverDuties.length);
  });
});

/** A reply whose only say is that it answers its request, which the request's rules already cite. */
function isPlainReply(name: string): boolean {
  return name.endsWith('-ok') && cited.has(name.slice(0, -3));
}

/** Class connection and class channel say a few things in the same words. */
function sameInBothClasses(statement: string): string {
  return /^(The reply (code|text) of a close|Close is answered|A close that a method provoked)/.test(statement) ? statement : '';
}
