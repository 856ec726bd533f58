import { describe, expect, it } from 'vitest';
import type { Message } from '../broker/message.ts';
import type { Command, Effect } from '../broker/vocabulary.ts';
import { memoryStore } from '../store/memory.ts';
import { arm } from './arm.ts';
import { command, effect, effects, last, overtaken } from './effect-seam.ts';
import type { Around, EffectSeam, Fault, Seam } from './fault.ts';
import { knowingHandouts } from './memories.ts';
import { claimsFlushed } from './stores.ts';

const at = { connection: 1, channel: 1 };
const message: Message = {
  publisher: 1,
  size: 0,
  persistent: false,
  priority: 0,
  headers: undefined,
  userId: undefined,
  copies: undefined,
  under: () => message,
  withoutBlindCopies: () => message,
  replyTo: undefined,
  answerTo: () => message,
  ttlMs: undefined,
  expiration: undefined,
  routingKeys: ['q'],
  deaths: [],
  afterDeath: () => message,
  exchange: '',
  routingKey: 'q',
  dialect: 'amqp091',
  header: new Uint8Array(0),
  body: [],
};
const publish = (routingKey: string): Command => ({ kind: 'publish', ...at, mandatory: false, immediate: false, message: { ...message, routingKey } });
const open: Command = { kind: 'open-channel', ...at };

/** These seams look at no broker. */
const broker = {} as Parameters<Around>[2];

/** What a core was given and what came out, for a core that answers each command with these effects. */
function around(seam: EffectSeam, ...commands: readonly Command[]) {
  const given: Command[] = [];
  const stand = seam.start();
  const out = commands.flatMap(each =>
    stand(
      each,
      one => {
        given.push(one);
        return answers(one);
      },
      broker,
    ),
  );
  return { given, out };
}

function answers(one: Command): readonly Effect[] {
  if (one.kind === 'open-channel') return [{ kind: 'channel-opened', ...at }];
  if (one.kind === 'consume') return [{ kind: 'consuming', ...at, consumerTag: one.consumerTag }, delivery(one.consumerTag)];
  if (one.kind === 'publish') return [delivery(one.message.routingKey)];
  return [];
}

function delivery(consumerTag: string): Effect {
  return { kind: 'deliver', ...at, consumerTag, deliveryTag: 1, redelivered: false, failures: 0, deadlineMs: -1, message };
}

const consume = (consumerTag: string, noAck = false): Command => ({
  kind: 'consume',
  ...at,
  queue: 'q',
  consumerTag,
  noLocal: false,
  noAck,
  exclusive: false,
  noWait: false,
  arguments: [],
});

function broken(seam: Seam): Fault {
  return { area: [], does: 'breaks', seam };
}

describe('a seam around the core', () => {
  it('drops commands and effects', () => {
    expect(
      around(
        command('open-channel', () => []),
        open,
        publish('a'),
      ).given,
    ).toEqual([publish('a')]);
    expect(
      around(
        effect('deliver', () => []),
        open,
        publish('a'),
      ).out,
    ).toEqual([{ kind: 'channel-opened', ...at }]);
  });

  it('hands back the very list of effects where it changes nothing', () => {
    const list: readonly Effect[] = [delivery('a')];
    expect(effect('deliver', each => [each]).start()(open, () => list, broker)).toBe(list);
    expect(last(['deliver']).start()(open, () => list, broker)).toBe(list);
  });

  it('puts effects of a kind last', () => {
    expect(around(last(['consuming']), consume('a')).out.map(each => each.kind)).toEqual(['deliver', 'consuming']);
  });

  it('lets one publish overtake another, and loses none', () => {
    const waitsForA = overtaken(() => each => each.message.routingKey === 'a');
    expect(around(waitsForA, publish('a'), publish('b'), open).given).toEqual([publish('b'), publish('a'), open]);
    expect(around(waitsForA, publish('a'), open, publish('b')).given).toEqual([publish('a'), open, publish('b')]);
  });

  it('knows what was handed out to whom', () => {
    const seam = knowingHandouts(handouts => (each, apply) => {
      apply(each);
      return each.kind === 'open-channel' ? handouts.unsettled.map(({ deliveryTag }) => delivery(`${deliveryTag}`)) : [];
    });
    expect(around(seam, consume('a'), consume('b', true), publish('a'), publish('b'), open).out).toHaveLength(2);
  });
});

describe('faults that are built in', () => {
  it('stand around the core in their order, the first next to it', () => {
    const tagged = (name: string) => broken(effects((each, apply) => [...apply(each), delivery(name)]));
    const { around: both } = arm([tagged('inner'), tagged('outer')]);
    expect(both?.(open, () => [], broker)).toEqual([delivery('inner'), delivery('outer')]);
  });

  it('wrap the store and add to the settings', async () => {
    const armed = arm([broken(claimsFlushed()), broken({ kind: 'listener', settings: { contentMax: 1 } })]);
    expect(armed.settings).toEqual({ contentMax: 1 });
    expect(armed.around).toBeUndefined();
    const inner = memoryStore();
    inner.flushed = () => new Promise(() => {});
    const flushed = armed.wrapStore(inner).flushed();
    expect(await Promise.race([flushed.then(() => 'flushed'), new Promise(resolve => setImmediate(resolve))])).toBe('flushed');
  });

  it('are nothing where there are none', () => {
    const store = memoryStore();
    expect(arm([]).wrapStore(store)).toBe(store);
    expect(arm([]).settings).toEqual({});
  });
});
