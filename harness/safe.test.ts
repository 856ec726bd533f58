import { beforeAll, describe, expect, test } from 'vitest';
import { allChecks } from '../suites/checks.ts';
import type { Command, Effect } from './broker/vocabulary.ts';
import { type Check, check } from './check/check.ts';
import { runChecks } from './check/scheduler.ts';
import { type DryRun, dryRun } from './dry-run.ts';
import { measuredBudgets } from './probe/budgets.ts';
import type { ProbeChannel } from './probe/peer.ts';
import { Probe } from './probe/probe.ts';
import { inProcessTarget } from './target/in-process.ts';
import type { Target } from './target/target.ts';

/** What the broker itself heard: the kind of command, and the names in it. */
type Heard = readonly (readonly [kind: Command['kind'], name: string])[];

const stranger = { user: 'guest', virtualHost: '/', logins: {}, otherVirtualHost: 'amqpspec-other' };
const seed = 7;
const foreign = 'orders';

/** Names in a command that stand for an entity. A key of the default exchange is the name of a queue. */
function namesIn(command: Command): Heard {
  const named = (...names: readonly string[]) => names.map(name => [command.kind, name] as const);
  if (command.kind === 'publish') return named(command.message.exchange === '' ? command.message.routingKey : command.message.exchange);
  if ('source' in command) return named(command.source, command.destination);
  if (command.kind === 'bind-queue' || command.kind === 'unbind-queue') return named(command.queue, command.exchange);
  if ('queue' in command && command.queue !== '') return named(command.queue);
  return 'exchange' in command ? named(command.exchange) : [];
}

/** Passive declares are no more than a look. */
const looks = (command: Command) => 'passive' in command && command.passive;

/** A broker on sockets with things of others in it, and what it hears. */
async function sharedBroker() {
  const heard = new Map<string, Heard[number]>();
  const given = new Set<string>();
  const around = (command: Command, apply: (command: Command) => readonly Effect[]): readonly Effect[] => {
    if (!looks(command)) for (const entry of namesIn(command)) heard.set(entry.join(' '), entry);
    const effects = [...apply(command)];
    if (command.kind === 'declare-queue' && command.queue === '') for (const effect of effects) if (effect.kind === 'queue-declared') given.add(effect.queue);
    return effects;
  };
  const target = await inProcessTarget({ around });
  return { target, heard, given };
}

/** Someone else, who minds neither prefix nor fence. */
async function somebody<T>(target: Target, does: (channel: ProbeChannel) => Promise<T>): Promise<T> {
  const probe = new Probe(target, { budgets: measuredBudgets(0, {}), runId: 'others', check: 'others', attempt: 1, seed: 1 });
  try {
    return await does(await probe.channel());
  } finally {
    await probe.dispose(1000);
  }
}

async function arrange(channel: ProbeChannel): Promise<void> {
  await channel.queue({ queue: foreign, exclusive: false, durable: true });
  await channel.exchange('fanout', { exchange: 'shop', durable: true });
  const bindings = { shop: '', 'amq.fanout': '', 'amq.topic': '#', 'amq.direct': 'key', 'amq.match': '' };
  for (const [exchange, key] of Object.entries(bindings)) await channel.bind(foreign, exchange, key);
  channel.publish({ exchange: 'shop', body: 'an order' });
  await channel.barrier();
}

async function whatOthersHave(channel: ProbeChannel): Promise<number> {
  await channel.call('exchange.declare', { exchange: 'shop', passive: true }, 'exchange.declare-ok');
  return (await channel.call('queue.declare', { queue: foreign, passive: true }, 'queue.declare-ok')).args.messageCount;
}

/** What a command does, as a dry run calls it. */
const verbOf: Partial<Record<Command['kind'], string>> = {
  'declare-queue': 'create',
  'declare-exchange': 'create',
  'delete-queue': 'delete',
  'delete-exchange': 'delete',
  'purge-queue': 'purge',
  'bind-queue': 'bind',
  'bind-exchange': 'bind',
  'unbind-queue': 'unbind',
  'unbind-exchange': 'unbind',
  publish: 'publish to',
  'begin-publishing': 'publish to',
  get: 'read from',
  consume: 'read from',
};

/** The queue of a subscription, which the broker names by itself when it makes it for a link of ours. The dry run names its topic. */
const isOfSubscription = (name: string): boolean => name.startsWith('subscription.');

/** What of all that the broker heard the dry run did not name, with what is done to it. */
function unnamed({ touches, prefix }: DryRun, heard: Iterable<Heard[number]>, given: ReadonlySet<string>): readonly string[] {
  const told = new Set(
    touches.filter(({ kind }) => kind === 'queue' || kind === 'exchange').flatMap(({ names, verbs }) => verbs.map(verb => `${verb} ${names}`)),
  );
  const patternOf = (name: string): string => {
    if (name.startsWith(prefix)) return `${prefix}*`;
    if (name.startsWith('amq.rabbitmq.reply-to')) return 'amq.rabbitmq.reply-to*';
    if (name.includes(prefix)) return `*${prefix}*`;
    return given.has(name) ? 'named by the server' : name === '' ? 'the default exchange' : name;
  };
  return [...heard].filter(([kind, name]) => !isOfSubscription(name) && !told.has(`${verbOf[kind]} ${patternOf(name)}`)).map(entry => entry.join(' '));
}

/** Commands that make, bind, fill, empty or delete something of others. */
function beyond(prefix: string, heard: Iterable<Heard[number]>, given: ReadonlySet<string>): readonly string[] {
  const harmless = new Set(['', 'amq.direct', 'amq.topic']);
  const ours = (kind: string, name: string) =>
    name.includes(prefix) ||
    given.has(name) ||
    isOfSubscription(name) ||
    name.startsWith('amq.rabbitmq.reply-to') ||
    (harmless.has(name) && !/declare|delete|purge/.test(kind));
  return [...heard].filter(([kind, name]) => !ours(kind, name)).map(entry => entry.join(' '));
}

const rogue = (slug: string, run: Check['run']): Check =>
  check(`amqp091/rogue/${slug}`, { title: slug, duties: ['amqp091/queue.declare.default-name:emit'], run });

const rogues = [
  rogue('deletes', async peer => {
    (await peer.channel()).send('queue.delete', { queue: foreign, noWait: true });
  }),
  rogue('purges', async peer => {
    await (await peer.channel()).call('queue.purge', { queue: foreign }, 'queue.purge-ok');
  }),
  rogue('publishes', async peer => {
    const channel = await peer.channel();
    channel.publish({ routingKey: foreign, body: 'stray' });
    await channel.barrier();
  }),
  rogue('copies', async peer => {
    const channel = await peer.channel();
    channel.publish({
      routingKey: peer.name(),
      properties: { headers: [['CC', { type: 'array', value: [{ type: 'long-string', value: Buffer.from(foreign) }] }]] },
    });
    await channel.barrier();
  }),
  rogue('listens', async peer => {
    const channel = await peer.channel();
    await channel.bind(await channel.queue(), 'amq.fanout');
  }),
  rogue('declares', async peer => {
    await (await peer.channel()).queue({ queue: 'ours-too' });
  }),
];

describe('a safe run of a broker that others use too', () => {
  const checks = allChecks.filter(({ thorough, worstMs }) => thorough !== true && worstMs <= 2000);
  let plan: DryRun;

  beforeAll(async () => {
    plan = await dryRun(checks, stranger, seed);
  }, 120_000);

  test('touches what its dry run named, and nothing of others', { timeout: 300_000 }, async () => {
    const { target, heard, given } = await sharedBroker();
    await using _ = target;
    await somebody(target, arrange);
    heard.clear();
    const { verdicts } = await runChecks(checks, target, { seed, safe: true, properties: { runs: 5 } });
    expect(beyond(plan.prefix, heard.values(), given)).toEqual([]);
    expect(unnamed(plan, heard.values(), given)).toEqual([]);
    expect(verdicts.filter(({ outcome }) => outcome === 'fail').map(({ check: id }) => id)).toEqual([]);
    const leftOut = verdicts.filter(({ reason = '' }) => reason.startsWith('Left out by --safe')).map(({ check: id }) => id);
    // A dry run knows no facility of the target, and so not what tokens would be put there.
    const ofTokens = /^amqp10\/(cbs\/|http-management\/token)/;
    const others = (ids: readonly string[]) => ids.filter(id => !ofTokens.test(id)).sort();
    expect(others(leftOut)).toEqual(others(plan.leftOut.map(({ check: id }) => id)));
    expect(leftOut.length).toBeLessThan(120);
    expect(heard.size).toBeGreaterThan(1000);
    expect(await somebody(target, whatOthersHave)).toBe(1);
  });

  test.each(rogues.map(each => [each.title, each] as const))(
    'a check that %s where it should not is seen, and held back',
    { timeout: 60_000 },
    async (_, each) => {
      const { target, heard, given } = await sharedBroker();
      await using _target = target;
      const held = await runChecks([each], target, { seed, safe: true });
      expect(held.verdicts.map(({ outcome, reason }) => [outcome, reason])).toEqual([['not-run', expect.stringMatching(/^Left out by --safe: it would /)]]);
      expect(beyond(plan.prefix, heard.values(), given)).toEqual([]);
    },
  );

  test('without the fence the broker hears of it', { timeout: 60_000 }, async () => {
    for (const each of rogues.filter(({ title }) => title !== 'copies')) {
      const { target, heard, given } = await sharedBroker();
      await using _ = target;
      await runChecks([each], target, { seed });
      expect({ rogue: each.title, beyond: beyond(plan.prefix, heard.values(), given).length > 0 }).toEqual({ rogue: each.title, beyond: true });
      expect(unnamed(plan, heard.values(), given).length).toBeGreaterThan(0);
    }
  });
});
