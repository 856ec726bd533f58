import { type AmqpError, compositeOf, describedOf, type LifetimePolicy, type SymbolMap } from '../../wire/amqp10/codec.ts';
import type { Lapse } from '../lapsing.ts';
import { errorOf } from './amqp10-errors.ts';
import type { Port } from './amqp10-port.ts';

/** What of a terminus tells whether its node is to be made. */
export interface NodeRequest {
  readonly address?: string | undefined;
  readonly dynamic?: boolean | undefined;
  readonly dynamicNodeProperties?: SymbolMap | undefined;
  readonly capabilities?: readonly string[] | undefined;
}

/** From such a node its own connection receives and no other, while all may send. */
const temporaryQueue = 'temporary-queue';
/** Such a source has no queue: answers go straight to its link. */
/** What a source asks for that wants answers which are stored nowhere. */
export const volatileQueue = 'rabbitmq:volatile-queue';

const lapses: { readonly [T in LifetimePolicy['type']]: Lapse } = {
  'delete-on-close': 'close',
  'delete-on-no-links': 'no-links',
  'delete-on-no-messages': 'no-messages',
  'delete-on-no-links-or-messages': 'no-links-or-messages',
};

/** A node that is to be made for a link. */
export interface DynamicNode {
  readonly queue: string;
  readonly policy: LifetimePolicy;
  /** It is its connection's alone. */
  readonly exclusive: boolean;
  readonly capabilities: readonly string[];
}

/** Whether a source wants answers that are stored nowhere. */
export function wantsReplies({ dynamic, capabilities }: NodeRequest): boolean {
  return dynamic === true && capabilities?.includes(volatileQueue) === true;
}

/** The node that a terminus asks for; undefined: it names one that is there. */
export function dynamicNode(
  { address, dynamic, dynamicNodeProperties, capabilities: wanted }: NodeRequest,
  linkName: string,
  port: Port,
): DynamicNode | AmqpError | undefined {
  if (dynamic !== true) {
    return dynamicNodeProperties === undefined ? undefined : errorOf('amqp:invalid-field', 'properties of a dynamic node where none is asked for');
  }
  if (address !== undefined) return errorOf('amqp:invalid-field', 'an address where a dynamic node is asked for');
  const told = dynamicNodeProperties?.find(([name]) => name === 'lifetime-policy')?.[1];
  const policy = told === undefined || told.type === 'null' ? { type: 'delete-on-close' as const } : compositeOf(told);
  if (policy === undefined || !(policy.type in lapses)) return errorOf('amqp:invalid-field', 'the lifetime-policy is none of the four');
  const unique = port.broker.core.settings.uniqueName();
  const capabilities = wanted?.includes(temporaryQueue) === true ? [temporaryQueue] : [];
  const queue = `dynamic.${asName(port.containerId)}.${asName(linkName)}.${unique}`;
  return { queue, policy: policy as LifetimePolicy, exclusive: capabilities.length > 0, capabilities };
}

function asName(text: string): string {
  return text.replace(/[^a-zA-Z0-9\-_.:]/g, '_').slice(0, 40);
}

/** Has a node made on the channel of its link. */
export function makeNode(port: Port, channel: number, { queue, policy, exclusive }: DynamicNode): void {
  declare(port, channel, queue, { durable: false, exclusive, lapse: lapses[policy.type] });
}

/** Has a queue made that is attached to and is not there, where the broker is told to. */
export function createIfMissing(port: Port, channel: number, queue: string): void {
  if (!port.settings.autoCreate || queue === '') return;
  const host = port.broker.core.virtualHosts.get(port.virtualHost);
  if (host?.queues.has(queue) !== true && host?.replyQueues.has(queue) !== true)
    declare(port, channel, queue, { durable: true, exclusive: false, lapse: undefined });
}

function declare(
  { connection, submit }: Port,
  channel: number,
  queue: string,
  { durable, exclusive, lapse }: { readonly durable: boolean; readonly exclusive: boolean; readonly lapse: Lapse | undefined },
): void {
  const flags = { passive: false, durable, exclusive, autoDelete: false, arguments: [], noWait: true };
  submit({ kind: 'declare-queue', connection, channel, queue, ...flags, ...(lapse !== undefined && { lapse }) });
}

interface NodeFields {
  readonly address: string;
  readonly dynamic: true;
  readonly dynamicNodeProperties: SymbolMap;
  readonly capabilities?: readonly string[];
}

/** What the attach tells of a node that was made. */
export function nodeFields({ queue, policy, capabilities }: DynamicNode): NodeFields {
  const modes = { of: 'symbol', descriptors: [], items: ['move', 'copy'].map(value => ({ type: 'symbol', value }) as const) } as const;
  return {
    address: queue,
    dynamic: true,
    ...(capabilities.length > 0 && { capabilities }),
    dynamicNodeProperties: [
      ['lifetime-policy', describedOf(policy)],
      ['supported-dist-modes', { type: 'array', value: modes }],
    ],
  };
}
