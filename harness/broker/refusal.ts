import type { RuleId } from '../spec/catalogue.ts';
import type { Refusal } from './vocabulary.ts';

/** Names a thing in a reply text; long names are cut, since a reply text has 255 octets. */
export function quoted(name: string): string {
  return name.length > 80 ? `'${name.slice(0, 80)}…'` : `'${name}'`;
}

export const noSuchExchange = (exchange: string): Refusal => onChannel(404, `there is no exchange ${quoted(exchange)} in this virtual host`);
export const noSuchQueue = (queue: string): Refusal => onChannel(404, `there is no queue ${quoted(queue)} in this virtual host`);
export const noQueueDeclared = (): Refusal => onChannel(404, 'the queue name is empty and no queue was declared on this channel');
export const accessRefused = (why: string): Refusal => onChannel(403, why);
export const resourceLocked = (queue: string): Refusal => onChannel(405, `queue ${quoted(queue)} is exclusive to another connection`);
export const preconditionFailed = (why: string): Refusal => onChannel(406, why);
export const unknownDeliveryTag = (tag: number): Refusal => onChannel(406, `delivery tag ${tag} is not outstanding on this channel`);
export const invalidPath = (virtualHost: string): Refusal => onConnection(402, `there is no virtual host ${quoted(virtualHost)}`);
export const commandInvalid = (why: string): Refusal => onConnection(503, why);
export const unexpectedCommand = (why: string): Refusal => onConnection(504, why);
export const notAllowed = (why: string): Refusal => onConnection(530, why);
export const resourceError = (why: string): Refusal => onConnection(506, why);
/** Of connections or channels: as brokers do, and not 506, which clients take for a passing shortage. */
export const limitReached = (what: string, limit: number): Refusal => notAllowed(`there are ${limit} ${what} already, as many as the broker takes`);
export const notImplemented = (what: string): Refusal => onConnection(540, `${what} is not implemented`);

/** The same, known as the answer to a breach of this rule. */
export const breaking = (rule: RuleId, refusal: Refusal): Refusal => ({ ...refusal, rule });

function onChannel(code: Refusal['code'], text: string): Refusal {
  return { scope: 'channel', code, text };
}

function onConnection(code: Refusal['code'], text: string): Refusal {
  return { scope: 'connection', code, text };
}
