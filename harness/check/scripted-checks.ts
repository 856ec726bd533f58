import type { Peer } from '../probe/peer.ts';
import type { Stage } from '../probe/scripted-peer.ts';
import { type DutyId, rules } from '../spec/catalogue.ts';
import type { Level, Rule } from '../spec/rule.ts';
import { type Check, type CheckSpec, check } from './check.ts';

/** Checks to go with scripted targets, for tests of the judge. */

export const passiveMissing: DutyId = 'amqp091/queue.declare.passive-missing:enforce';

/** A duty of a server at this level that lists its legal answers. */
export function dutyOf(level: Level): DutyId {
  for (const [id, rule] of Object.entries<Rule>(rules)) {
    for (const [key, duty] of Object.entries(rule.duties)) {
      if (duty.level === level && duty.answers !== undefined && !key.startsWith('client') && rule.capability === undefined) return `${id}:${key}` as DutyId;
    }
  }
  throw new Error(`no duty of level ${level}`);
}

/** Departs from this duty as far as the script knows: with a qos whose prefetch-count is 7. */
export function departure(duty: DutyId = passiveMissing, spec: Partial<CheckSpec> = {}): Check {
  return check('amqp091/test/departure', {
    title: 'a departure',
    duties: [duty],
    departs: true,
    async run(peer: Peer) {
      const channel = await peer.channel();
      channel.send('basic.qos', { prefetchCount: 7 });
      await channel.answersTo(duty);
    },
    ...spec,
  });
}

export function scripted(run: CheckSpec['run'], spec: Partial<CheckSpec> = {}): Check {
  return check('amqp091/test/script', { title: 'a script', duties: [passiveMissing], run, ...spec });
}

export const answers404 = (_: unknown, stage: Stage): void => stage.reply('channel.close', { replyCode: 404, replyText: 'none' });
