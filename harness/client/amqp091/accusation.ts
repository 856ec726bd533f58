import type { Passing } from '../../saboteur/fault.ts';
import type { DutyId } from '../../spec/catalogue.ts';
import { duties } from '../../spec/ledger.ts';
import { methodName } from '../../wire/amqp091/codec.ts';

/** 200 is success, 311 to 313 come with returns, and 320 is the operator's. */
const firstError = 402;

/** What a close of the reference broker's own blames its client for: nothing that we have it say is legal but for the client's mistake. */
export function accusation091(passing: Passing): { readonly duty: DutyId; readonly detail: string } | undefined {
  if (passing.direction !== 'to-client' || passing.what !== 'frame' || passing.frame.type !== 'method') return undefined;
  const { method } = passing.frame;
  if ((method.name !== 'channel.close' && method.name !== 'connection.close') || method.args.replyCode < firstError) return undefined;
  const { replyCode, replyText, classId, methodId } = method.args;
  const blamed = methodName(classId, methodId);
  const duty = dutyFor(blamed, replyCode);
  return duty === undefined ? undefined : { duty, detail: `the broker refused ${blamed ?? 'what it sent'} with ${replyCode} ${replyText}` };
}

/** The client's duty whose breach is answered by this code to this method. */
function dutyFor(blamed: string | undefined, code: number): DutyId | undefined {
  const candidates = duties.filter(({ ruleId, key }) => blamed !== undefined && key === 'client-emit' && ruleId.startsWith(`amqp091/${blamed}.`));
  const answered = candidates.find(({ rule }) => rule.duties.enforce?.answers?.some(answer => 'code' in answer && answer.code === code));
  return answered?.id;
}
