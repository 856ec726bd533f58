import type { OutcomeName, PerformativeName } from '../../spec/amqp10/conditions.ts';
import type { Answer, Condition } from '../../spec/rule.ts';
import type { ClientReaction } from '../client-case.ts';
import type { ClientSpeech } from '../speech.ts';
import { cases10, healthy10 } from './cases.ts';
import { Watcher10 } from './watcher.ts';

/** AMQP 1.0, as clients are judged by it. */
export const speech10: ClientSpeech = {
  protocol: '1.0',
  cases: cases10,
  healthy: healthy10,
  watcher: tell => new Watcher10(tell),
  toAnswer,
  environment: queue => ({ AMQP_QUEUE: queue, AMQP_ADDRESS: `/queues/${queue}` }),
};

const frames = { connection: 'close', session: 'end', channel: 'end', link: 'detach' } as const;

function toAnswer(reaction: ClientReaction): readonly Answer[] {
  if (reaction.kind === 'drops') return [{ kind: 'bare-close', reading: 'text' }];
  if (reaction.kind === 'goes-on') return [{ kind: 'discarded', reading: 'text' }];
  if (reaction.kind === 'says' && reaction.name === 'disposition')
    return (reaction.codes ?? []).map(code => ({ kind: 'outcome', outcome: code as OutcomeName, reading: 'text' }));
  if (reaction.kind === 'says') return [{ kind: 'performative', performative: reaction.name as PerformativeName, reading: 'text' }];
  const kind = frames[reaction.scope];
  return (reaction.codes ?? ['any']).map(code => ({ kind, condition: code as Condition, reading: 'text' }));
}
