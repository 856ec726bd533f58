import type { MethodName } from '../../spec/amqp091/classes.ts';
import type { ReplyCode } from '../../spec/amqp091/constants.ts';
import type { Answer } from '../../spec/rule.ts';
import type { ClientReaction } from '../client-case.ts';
import type { ClientSpeech } from '../speech.ts';
import { cases091, healthy091 } from './cases.ts';
import { Watcher091 } from './watcher.ts';

/** AMQP 0-9-1, as clients are judged by it. */
export const speech091: ClientSpeech = {
  protocol: '0-9-1',
  cases: cases091,
  healthy: healthy091,
  watcher: tell => new Watcher091(tell),
  toAnswer,
  environment: queue => ({ AMQP_QUEUE: queue }),
};

function toAnswer(reaction: ClientReaction): readonly Answer[] {
  if (reaction.kind === 'drops') return [{ kind: 'bare-close', reading: 'text' }];
  if (reaction.kind === 'goes-on') return [{ kind: 'discarded', reading: 'text' }];
  if (reaction.kind === 'says') return [{ kind: 'method', method: reaction.name as MethodName, reading: 'text' }];
  const kind = reaction.scope === 'channel' ? 'channel-close' : 'connection-close';
  return (reaction.codes ?? []).map(code => ({ kind, code: Number(code) as ReplyCode, reading: 'text' }));
}
