import { describe, expect, test } from 'vitest';
import { accessOf } from './access.ts';
import { Access } from './access-patterns.ts';
import { all, kinds, refusal, Testbed } from './testbed.ts';

const permissions = {
  sales: { '/': { configure: '^sales\\.|^amq\\.gen', write: '^(sales\\.|amq\\.default$)', read: '^(sales\\.|amq\\.topic$)' } },
  stranger: {},
};

const table = (name: string) => [['x-dead-letter-exchange', { type: 'long-string', value: Buffer.from(name) }]] as const;

function asSales() {
  const bed = new Testbed({ permissions, virtualHosts: ['/', 'other'] });
  bed.connection().do('declare-exchange', { exchange: 'sales.out', type: 'direct' });
  bed.connection().queue('others');
  return bed.connection({ user: 'sales', channels: 3 });
}

describe('permissions', () => {
  test('are regular expressions that match anywhere; an empty one matches nothing', () => {
    const access = new Access({ configure: '', write: 'a.c', read: '^x$' });
    expect([access.allows('configure', ''), access.allows('configure', 'a'), access.allows('write', '-abc-'), access.allows('read', 'xx')]).toEqual([
      false,
      false,
      true,
      false,
    ]);
  });

  test('bind users whom the table names, in the virtual hosts it names', () => {
    expect(accessOf(permissions, 'guest', '/')).toBe('all');
    expect(accessOf(permissions, 'sales', 'other')).toBe('none');
    expect(accessOf(permissions, 'stranger', '/')).toBe('none');
    expect(accessOf({ ...permissions, toString: {} }, 'constructor', '/')).toBe('all');
  });

  test('open a virtual host or not', () => {
    const bed = new Testbed({ permissions, virtualHosts: ['/', 'other'] });
    expect(refusal(bed.apply({ kind: 'connect', connection: 9, user: 'sales', virtualHost: 'other', cancelNotify: false }))).toBe('530 connection');
    expect(bed.core.admits('sales', '/')).toBe('open');
    expect(bed.core.admits('sales', 'third')).toBe('unknown');
  });

  test('are granted by name', () => {
    const client = asSales();
    expect(kinds(client.do('declare-queue', { queue: 'sales.in' }))).toEqual(['queue-declared']);
    expect(kinds(client.do('declare-queue', { queue: '', exclusive: true }))).toEqual(['queue-declared']);
    expect(kinds(client.do('bind-queue', { queue: 'sales.in', exchange: 'amq.topic' }))).toEqual(['queue-bound']);
    expect(all(client.publish('sales.in', 'by the default exchange'), 'refused')).toEqual([]);
    expect(kinds(client.do('declare-queue', { queue: 'others', passive: true }))).toEqual(['queue-declared']);
  });

  test.each([
    ['declare-queue', { queue: 'others' }],
    ['delete-queue', { queue: 'others' }],
    ['declare-exchange', { exchange: 'mine', type: 'direct' }],
    ['delete-exchange', { exchange: 'mine' }],
    ['bind-queue', { queue: 'others', exchange: 'amq.topic' }],
    ['bind-queue', { queue: 'sales.in', exchange: 'amq.direct' }],
    ['unbind-queue', { queue: 'sales.in', exchange: 'amq.direct' }],
    ['bind-exchange', { source: 'amq.topic', destination: 'amq.direct' }],
    ['bind-exchange', { source: 'amq.direct', destination: 'sales.out' }],
    ['get', { queue: 'others' }],
    ['consume', { queue: 'others' }],
    ['purge-queue', { queue: 'others' }],
    ['declare-queue', { queue: 'sales.in', arguments: table('amq.direct') }],
  ] as const)('that are lacking refuse %s with 403: %o', (kind, draft) => {
    const client = asSales();
    client.queue('sales.in');
    expect(refusal(client.do(kind as 'get', draft as object))).toBe('403 channel');
  });

  test('that are lacking refuse a publish with 403, and nothing is enqueued', () => {
    const client = asSales();
    expect(refusal(client.publish('others', 'no', { exchange: 'amq.direct' }))).toBe('403 channel');
    expect(client.bed.waiting('others')).toEqual([]);
  });
});

describe('alarms', () => {
  test('hold who publishes, tell why, and let go when the last is over', () => {
    const bed = new Testbed();
    const writer = bed.connection();
    writer.queue('q');
    expect(bed.apply({ kind: 'alarm', resource: 'memory', raised: true })).toEqual([]);
    expect(all(writer.publish('q', '1'), 'hold')).toEqual([{ kind: 'hold', connection: writer.id, held: true, reason: 'low on memory' }]);
    expect(bed.apply({ kind: 'alarm', resource: 'disk', raised: true })).toEqual([]);
    expect(all(bed.connection().publish('q', '2'), 'hold')).toMatchObject([{ reason: 'low on memory and disk' }]);
    expect(bed.apply({ kind: 'alarm', resource: 'memory', raised: false })).toEqual([]);
    expect(all(bed.apply({ kind: 'alarm', resource: 'disk', raised: false }), 'hold').map(({ held }) => held)).toEqual([false, false]);
    expect(all(writer.publish('q', '3'), 'hold')).toEqual([]);
  });
});
