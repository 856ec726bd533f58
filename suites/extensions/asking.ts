import type { Draft, Peer, ProbeChannel } from '../../harness/probe/peer.ts';
import type { FieldTable } from '../../harness/spec/amqp091/domains.ts';

/** How brokers refuse an argument or a feature that they do not have. */
const refusals: readonly number[] = [406, 503, 530, 540, 541, 542];

/**
 * Declares a queue with arguments of an extension and gives its name. A broker that refuses the declaration lacks the extension, which is its right;
 * one that takes it owes what the arguments ask for.
 */
export async function queueWith(peer: Peer, channel: ProbeChannel, args: FieldTable, draft: Draft<'queue.declare'> = {}): Promise<string> {
  const queue = draft.queue ?? peer.name();
  channel.send('queue.declare', { exclusive: true, ...draft, queue, arguments: args });
  await accepted(peer, channel, 'queue.declare-ok', `queue.declare with ${args.map(([name]) => name).join(', ')}`);
  return queue;
}

/** The same for an exchange. */
export async function exchangeWith(peer: Peer, channel: ProbeChannel, args: FieldTable, draft: Draft<'exchange.declare'> = {}): Promise<string> {
  const exchange = draft.exchange ?? peer.name();
  channel.send('exchange.declare', { type: 'direct', ...draft, exchange, arguments: args });
  await accepted(peer, channel, 'exchange.declare-ok', `exchange.declare with ${args.map(([name]) => name).join(', ')}`);
  return exchange;
}

/** Takes the reply to a request that only an extension explains; a refusal ends the check as unsupported. */
export async function accepted(
  peer: Peer,
  channel: ProbeChannel,
  reply: 'queue.declare-ok' | 'exchange.declare-ok' | 'basic.consume-ok' | 'queue.bind-ok' | 'exchange.bind-ok',
  request: string,
): Promise<void> {
  for (;;) {
    const seen = await channel.connection.next('reply');
    if (seen.kind === 'ended') await channel.expect(reply);
    if (seen.kind !== 'method') continue;
    const { method } = seen;
    if (method.name === reply && seen.channel === channel.number) return;
    if (method.name !== 'channel.close' && method.name !== 'connection.close') continue;
    channel.connection.send(seen.channel, method.name === 'channel.close' ? 'channel.close-ok' : 'connection.close-ok');
    const { replyCode, replyText } = method.args;
    if (refusals.includes(replyCode)) peer.unsupported(`The peer answers ${request} with ${replyCode} ${replyText}.`);
    peer.require(false, `${request} was answered with ${method.name} ${replyCode}.`);
  }
}
