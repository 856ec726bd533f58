import type { Link10, LinkDraft, Receiver10, Sender10, Session10, SourceDraft, TargetDraft } from '../../harness/probe/amqp10-links.ts';
import type { Peer } from '../../harness/probe/peer.ts';
import { type Finding, Stop } from '../../harness/probe/stop.ts';

/** What a broker says of a terminus that it knows nothing of. */
const unknown: readonly string[] = [
  'amqp:not-found',
  'amqp:not-implemented',
  'amqp:not-allowed',
  'amqp:invalid-field',
  'amqp:precondition-failed',
  'amqp:illegal-state',
];

const endsLink = ({ ending }: Finding): boolean => ending.kind === 'link-detached' || ending.kind === 'session-ended';

/** Attaches something that a broker may lack: where it refuses that as unknown, the check is not for it. */
async function attempted<L>(peer: Peer, what: string, attach: () => Promise<L>): Promise<L> {
  try {
    return await attach();
  } catch (error) {
    if (!(error instanceof Stop) || error.why.kind !== 'failed') throw error;
    const { ending } = error.why;
    if (endsLink(error.why) && 'condition' in ending && unknown.includes(ending.condition))
      peer.unsupported(`The broker refuses ${what}: ${ending.condition}.`);
    throw error;
  }
}

/** Whether a link is refused. */
export async function refuses(attach: () => Promise<Link10>): Promise<boolean> {
  try {
    await (await attach()).detach();
    return false;
  } catch (error) {
    if (error instanceof Stop && error.why.kind === 'failed' && endsLink(error.why)) return true;
    throw error;
  }
}

/** Has a broker send what it would, where it drains: how else it gets out of that is another matter, but for breaches, which stay to be judged. */
export async function drainedIfPossible(receiver: Receiver10): Promise<void> {
  try {
    await receiver.drain();
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
  }
}

export function optionalReceiver(peer: Peer, session: Session10, source: string | SourceDraft, what: string, attach: LinkDraft = {}): Promise<Receiver10> {
  return attempted(peer, what, () => session.receiver(source, attach));
}

export function optionalSender(peer: Peer, session: Session10, target: string | null | TargetDraft, what: string, attach: LinkDraft = {}): Promise<Sender10> {
  return attempted(peer, what, () => session.sender(target, attach));
}

/** The address that a broker gave to a source. */
export function addressOf({ attach: { source } }: Receiver10): string {
  return source?.type === 'source' ? (source.address ?? '') : '';
}

/** What nobody can know: who repeats it repeats whatever is asked for. */
export const nonsense = 'amqpspec:nobody-knows-this';

/** Ends the check unless the broker says of the source that it has this capability. */
export function needCapability(peer: Peer, { attach: { source } }: Receiver10, name: string): void {
  if (source?.type === 'source' && source.capabilities?.includes(nonsense) === true) peer.unsupported('The broker repeats whatever capability is asked for.');
  const offered = source?.type === 'source' && source.capabilities?.includes(name) === true;
  if (!offered) peer.unsupported(`The source that the broker tells of lacks the capability ${name}.`);
}
