import type { Session } from '../../../check/session.ts';
import { emptied } from '../../../probe/amqp10-emptied.ts';
import type { Session10 } from '../../../probe/amqp10-links.ts';
import { Probe } from '../../../probe/probe.ts';
import { Stop } from '../../../probe/stop.ts';
import type { Random } from '../../random.ts';
import type { Conversation, Setting } from '../conversation.ts';
import type { Grounds, SpokenProtocol } from '../grounds.ts';
import { play } from '../player.ts';
import { Follower10 } from './follower.ts';
import { closing, login, opening } from './opening-walk.ts';
import { Script } from './script.ts';
import { speech10 } from './speech.ts';
import { stepsOf } from './steps.ts';
import { begin } from './walks.ts';

/** Messages that lie in a node of which no conversation knows. */
const treasure = 10;
const patience = { replyMs: 3_000, closeMs: 3_000, graceMs: 300 };

/** AMQP 1.0, as campaigns against brokers speak it. */
export const spoken10: SpokenProtocol = { speech: speech10, prepare };

async function prepare(session: Session, prefix: string, ordinal: number): Promise<Grounds> {
  const { target, longBudgets: budgets, runId, seed, nodes, hostname10 } = session;
  const probe = new Probe(target, { budgets, runId, seed, nodes, hostname10, check: 'fuzz10', attempt: ordinal, role: 'bystander' });
  const work = await probe.node10();
  const hidden = await probe.node10();
  const own = await (await probe.open10()).session();
  const sender = await own.sender(hidden.address);
  for (let index = 0; index < treasure; index += 1) await sender.send(`untouched ${index}`);
  const { user, password, virtualHost } = target.credentials;
  const known: Omit<Setting, 'authenticated'> = { prefix, user, password, virtualHost, queue: work.address };
  const pipelined = await servesPipelined({ ...known, authenticated: true, pipelined: true }, session);
  return {
    setting: authenticated => ({ ...known, authenticated, pipelined }),
    check: () => untouched(own, hidden.address, work.address),
    async close() {
      await probe.dispose(budgets.reply);
      return [];
    },
  };
}

/** Whether somebody is served who sends all of the opening at once; such brokers as wait for each answer are spoken to likewise. */
async function servesPipelined(setting: Setting, { target }: Session): Promise<boolean> {
  // The first of these draws is to say everything at once.
  const script = new Script({ oneIn: () => false, pick: (choices: readonly unknown[]) => choices[0] } as unknown as Random, setting, `${setting.prefix}first`);
  login(script);
  opening(script);
  begin(script);
  closing(script);
  const conversation: Conversation = { protocol: 'amqp10', seed: 0, index: 0, state: 'START', departures: [], steps: stepsOf(script.pieces) };
  const { heard } = await play(conversation, new Follower10(), await target.transport.dial(), target.clock, { patience });
  return heard.some(({ name, code }) => name === 'close' && code === undefined) && heard.some(({ name }) => name === 'begin');
}

/** Counts what lies there and gives it back; what conversations left for nobody is taken away. */
async function untouched(session: Session10, hidden: string, work: string): Promise<string | undefined> {
  if (session.connection.over) return 'the connection of somebody who did nothing was ended';
  try {
    const receiver = await session.receiver(hidden);
    receiver.credit(2 * treasure);
    const deliveries = await receiver.drain();
    for (const delivery of deliveries) if (!delivery.settled) delivery.release();
    await receiver.detach();
    await emptied(session, work);
    return deliveries.length === treasure ? undefined : `${deliveries.length} of ${treasure} messages lie in a node that nobody touched`;
  } catch (error) {
    if (error instanceof Stop) return `a node that nobody touched cannot be looked at: ${error.message}`;
    throw error;
  }
}
