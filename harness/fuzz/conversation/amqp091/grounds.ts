import type { Session } from '../../../check/session.ts';
import type { Amqp091Connection } from '../../../probe/amqp091.ts';
import type { ProbeChannel } from '../../../probe/peer.ts';
import { Probe } from '../../../probe/probe.ts';
import { Stop } from '../../../probe/stop.ts';
import { method } from '../../../wire/amqp091/method.ts';
import { Random } from '../../random.ts';
import type { Conversation, Setting } from '../conversation.ts';
import type { Grounds, SpokenProtocol } from '../grounds.ts';
import { play } from '../player.ts';
import { Follower091 } from './follower.ts';
import { connectionClose, open } from './opening.ts';
import { Script } from './script.ts';
import { speech091 } from './speech.ts';

/** Messages that lie in a queue of which no conversation knows. */
const treasure = 10;
const patience = { replyMs: 3_000, closeMs: 3_000, graceMs: 300 };

/** AMQP 0-9-1, as campaigns against brokers speak it. */
export const spoken091: SpokenProtocol = { speech: speech091, prepare: prepare };

async function prepare(session: Session, prefix: string, ordinal: number): Promise<Grounds> {
  const { target, longBudgets: budgets, runId, seed } = session;
  const probe = new Probe(target, { budgets, runId, seed, check: 'fuzz', attempt: ordinal, role: 'bystander' });
  const connection = await probe.open();
  const channel = await connection.channel();
  const queue = `${prefix}work`;
  const hidden = `${prefix}untouched`;
  for (const name of [queue, hidden]) {
    await channel.call('queue.declare', { queue: name }, 'queue.declare-ok');
    await channel.call('queue.purge', { queue: name }, 'queue.purge-ok');
  }
  for (let index = 0; index < treasure; index += 1) channel.publish({ routingKey: hidden, body: bodyOf(index) });
  await channel.call('queue.bind', { queue: hidden, exchange: 'amq.direct', routingKey: hidden }, 'queue.bind-ok');
  const { channelMax, frameMax, heartbeat } = connection.tune;
  const { user, password, virtualHost } = target.credentials;
  const known: Omit<Setting, 'authenticated'> = { prefix, user, password, virtualHost, queue, limits: { channelMax, frameMax, heartbeatS: heartbeat } };
  const pipelined = await servesPipelined({ ...known, authenticated: true, pipelined: true }, session);
  return {
    setting: authenticated => ({ ...known, authenticated, pipelined }),
    check: () => untouched(connection, channel, hidden),
    close: () => removed(probe, connection, [queue, hidden], budgets.reply),
  };
}

const bodyOf = (index: number): string => `untouched ${index}`;

/** Whether somebody is served who sends the whole opening at once; such brokers as wait for each answer are spoken to likewise. */
async function servesPipelined(setting: Setting, { target }: Session): Promise<boolean> {
  const script = new Script(setting, new Random(0, 0), true);
  open(script, 'open-ok');
  script.method(1, method('channel.open'));
  script.method(0, connectionClose);
  script.hear('connection.close-ok', 0);
  const conversation: Conversation = { protocol: 'amqp091', seed: 0, index: 0, state: 'connection:open-ok', departures: [], steps: script.steps };
  const { heard } = await play(conversation, new Follower091(setting), await target.transport.dial(), target.clock, { patience });
  return heard.some(({ name }) => name === 'connection.close-ok') && !heard.some(({ breaks }) => breaks !== undefined);
}

async function untouched(connection: Amqp091Connection, channel: ProbeChannel, queue: string): Promise<string | undefined> {
  if (connection.wire.over) return 'the connection of somebody who did nothing was ended';
  try {
    const { args } = await channel.call('queue.declare', { queue, passive: true }, 'queue.declare-ok');
    return args.messageCount === treasure ? undefined : `${args.messageCount} of ${treasure} messages lie in a queue that nobody touched`;
  } catch (error) {
    if (error instanceof Stop) return `a queue that nobody touched cannot be looked at: ${error.message}`;
    throw error;
  }
}

async function removed(probe: Probe, connection: Amqp091Connection, queues: readonly string[], budgetMs: number): Promise<readonly string[]> {
  const left: string[] = [];
  try {
    for (const queue of queues) await (await connection.channel()).call('queue.delete', { queue }, 'queue.delete-ok');
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    left.push(`${queues.join(', ')} may be left behind: ${error.message}`);
  }
  await probe.dispose(budgetMs);
  return left;
}
