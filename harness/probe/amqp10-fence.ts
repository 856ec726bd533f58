import { type AmqpAttach, decodeMessage, isViolation, type Performative } from '../wire/amqp10/codec.ts';
import type { Fence, Step } from './fence.ts';

/**
 * Holds back what would concern others than this run: links to nodes that are not ours, and messages that go to such a node by their own address. Only whole
 * messages in one frame are looked into; those in several are not sent to the anonymous terminus by any check.
 */
export function passAmqp10(fence: Fence | undefined, what: Performative, payload?: Uint8Array): void {
  if (fence === undefined) return;
  if (what.type === 'attach') fence.admit(attachSteps(fence, what));
  else if (what.type === 'transfer' && payload !== undefined && payload.length > 0) fence.admit(messageSteps(fence, payload));
}

function attachSteps(fence: Fence, { role, source, target }: AmqpAttach): readonly Step[] {
  const terminus = role === 'sender' ? target : source;
  if (terminus === undefined || terminus.type === 'described' || terminus.type === 'coordinator') return [];
  const { address, dynamic, capabilities = [] } = terminus;
  if (address === undefined || dynamic === true) return [];
  if (role === 'receiver') return [{ kind: 'queue', verb: 'read from', name: address, ours: isOurs(fence, address) }];
  return [{ kind: 'queue', verb: 'publish to', name: address, ours: isOurs(fence, address) && !capabilities.includes('topic') && !isShared(address) }];
}

function messageSteps(fence: Fence, payload: Uint8Array): readonly Step[] {
  const message = decodeMessage(payload);
  const to = isViolation(message) ? undefined : message.properties?.to;
  return to === undefined ? [] : [{ kind: 'queue', verb: 'publish to', name: to, ours: isOurs(fence, to) && !isShared(to) }];
}

/** Hears of a node that the peer made for a link of ours, which goes with it. */
export function hearNode(fence: Fence | undefined, { source, target }: AmqpAttach): void {
  if (fence === undefined) return;
  for (const terminus of [source, target]) {
    if (terminus === undefined || (terminus.type !== 'source' && terminus.type !== 'target') || terminus.dynamic !== true || terminus.address === undefined)
      continue;
    const { address: name } = terminus;
    fence.given(name);
    fence.admit((['create', 'delete'] as const).map(verb => ({ kind: 'queue', verb, name, ours: true })));
  }
}

/** An exchange that every broker has, or a topic: others may have subscribed to all that comes there. */
const isShared = (address: string): boolean => /^\/(exchanges\/amq\.|topic\/)/.test(address);

const isOurs = (fence: Fence, address: string): boolean => address.includes(fence.prefix) || fence.owns(address);
