import type { LinkDraft, Receiver10, Session10, SourceDraft, TargetDraft } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import type { DutyId } from '../../harness/spec/catalogue.ts';
import { legalAnswers } from '../../harness/spec/ledger.ts';
import type { Answer } from '../../harness/spec/rule.ts';
import type { AmqpSource, AmqpTarget, AmqpValue, LifetimePolicy, SymbolMap } from '../../harness/wire/amqp10/codec.ts';
import { describedOf } from '../../harness/wire/amqp10/codec.ts';
import { expectLeft, expectText } from './deliveries.ts';

/** The source that the broker tells. */
export function sourceOf(link: Receiver10): AmqpSource {
  const { source } = link.attach;
  return source?.type === 'source' ? source : { type: 'source' };
}

/** The terminus of the broker's that an attach tells, whichever of the two it is. */
export function addressOf(terminus: AmqpSource | AmqpTarget | { readonly type: string } | undefined): string {
  return terminus !== undefined && 'address' in terminus ? (terminus.address ?? '') : '';
}

/** Attaches a link of ours without waiting for the answer. */
export function attach(
  session: Session10,
  handle: number,
  to: { readonly source: SourceDraft } | { readonly target: TargetDraft },
  name: string,
  more: LinkDraft = {},
): void {
  if ('source' in to) {
    const source = 'type' in to.source ? to.source : ({ type: 'source', ...to.source } as const);
    session.send('attach', { name, handle, role: 'receiver', source: source as AmqpSource, target: { type: 'target' }, ...more });
  } else {
    const target = 'type' in to.target ? to.target : ({ type: 'target', ...to.target } as const);
    session.send('attach', { name, handle, role: 'sender', initialDeliveryCount: 0, source: { type: 'source' }, target: target as AmqpTarget, ...more });
  }
}

const attached: Answer = { kind: 'performative', performative: 'attach', reading: 'text' };
const missing: DutyId = 'amqp10/3.5.not-found:enforce';

/** Whether a link to an address is taken; where it is not, the broker has to say that there is nothing. */
export async function isTaken(
  session: Session10,
  handle: number,
  to: { readonly source: SourceDraft } | { readonly target: TargetDraft },
  name: string,
): Promise<boolean> {
  attach(session, handle, to, name);
  const answer = await session.answersTo(missing, { handle, answers: [...legalAnswers(missing), attached] });
  return answer.kind === 'performative';
}

/**
 * There is no node of that address: a sender, for whom it was there, is refused, or its message is. Where a link makes the node that it asks for, it is a new one,
 * with that message alone. Receivers are asked last: a broker may let nobody but its maker receive from a node.
 */
export async function expectGone(peer: Peer, address: string): Promise<void> {
  const queue = (asked: string) => ({ address: asked, capabilities: ['queue'] });
  const there = async (asked: string) => isTaken(await peer.session10(), 0, { target: queue(asked) }, peer.name('link'));
  if (!(await there(address))) return;
  const sender = await (await peer.session10()).sender(queue(address));
  if ((await sender.send(anew))?.type !== 'accepted') return;
  peer.require(await there(`${address}-nowhere`), 'The node is still there.');
  await expectLeft(peer, address, anew);
}

const anew = 'anew';

/** The node is there still, with these messages; they are taken off it. */
export async function expectKept(peer: Peer, session: Session10, address: string, ...texts: readonly string[]): Promise<Receiver10> {
  const receiver = await session.receiver(address);
  receiver.credit(texts.length);
  for (const text of texts) await expectText(peer, receiver, text);
  return receiver;
}

interface DynamicNode {
  readonly dynamic: true;
  readonly capabilities: readonly string[];
  readonly dynamicNodeProperties?: SymbolMap;
}

/** What asks for a node that lives so long. It is to keep what nobody receives yet, which is told to brokers that know other nodes too. */
export const dynamicNode = (policy?: LifetimePolicy['type']): DynamicNode => ({
  dynamic: true,
  capabilities: ['queue'],
  ...(policy !== undefined && { dynamicNodeProperties: lifetime(describedOf({ type: policy })) }),
});

export const lifetime = (value: AmqpValue): SymbolMap => [['lifetime-policy', value]];

/** A JMS-style selector as a filter. */
export const selector = (text: string): AmqpValue => ({
  type: 'described',
  descriptor: { type: 'symbol', value: 'apache.org:selector-filter:string' },
  value: { type: 'string', value: text },
});
