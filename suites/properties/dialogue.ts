import type { Play } from '../../harness/fuzz/play.ts';
import { isUnasked } from '../../harness/probe/expectation.ts';
import { unexpected } from '../../harness/probe/findings.ts';
import type { Arrival, ProbeChannel, Seen } from '../../harness/probe/peer.ts';
import type { MethodArguments, MethodName } from '../../harness/spec/amqp091/classes.ts';

/** A method of the peer, with its content where it has one. */
export type Heard = Extract<Seen, { readonly kind: 'method' }>;

/** The next thing that the peer says on any channel of the case's connection. Ends the case where there is none, or the peer closes something. */
export async function nextHeard(play: Play): Promise<Heard> {
  for (;;) {
    const seen = await play.connection.next();
    if (seen.kind === 'heartbeat') continue;
    if (seen.kind !== 'method') {
      // The end stays where it is: whoever expects something knows how to tell of it.
      await play.connection.expect(0, 'connection.close-ok');
      continue;
    }
    const { name } = seen.method;
    if (name === 'channel.close' || name === 'connection.close') throw unexpected('the conversation to go on', seen, false);
    return seen;
  }
}

/** Hears what the peer says until it gives this reply on this channel; what it says unasked before that is for `hears`. */
export async function until<R extends MethodName>(play: Play, channel: ProbeChannel, reply: R, hears: (heard: Heard) => void): Promise<MethodArguments<R>> {
  for (;;) {
    const heard = await nextHeard(play);
    if (heard.channel === channel.number && heard.method.name === reply) return heard.method.args as MethodArguments<R>;
    if (!isUnasked(heard.method.name)) throw unexpected(reply, heard, false);
    hears(heard);
  }
}

/** The body of a message as text. */
export function bodyOf(arrival: Arrival | undefined): string {
  return new TextDecoder().decode(arrival?.body);
}

/** `m1, m2 and 3 more`. */
export function listed(names: readonly string[]): string {
  if (names.length === 0) return 'nothing';
  return names.length > 8 ? `${names.slice(0, 8).join(', ')} and ${names.length - 8} more` : names.join(', ');
}
