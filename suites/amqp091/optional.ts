import type { Peer, ProbeChannel } from '../../harness/probe/peer.ts';

/** Codes by which a server says that it has no such type of exchange: command-invalid, not-implemented. */
const lacking: readonly number[] = [503, 540];

/** Declares an exchange of a type that a server may lack; without it the check has nothing to show. Gives the name. */
export async function optionalExchange(peer: Peer, channel: ProbeChannel, type: 'topic' | 'headers'): Promise<string> {
  const exchange = peer.name();
  channel.send('exchange.declare', { exchange, type });
  const seen = await channel.connection.next();
  peer.require(seen.kind === 'method', `Declaring a ${type} exchange got no answer but ${seen.kind}.`);
  if (seen.method.name === 'connection.close' && lacking.includes(seen.method.args.replyCode)) peer.notApplicable(`The server offers no ${type} exchanges.`);
  peer.require(seen.method.name === 'exchange.declare-ok', `Declaring a ${type} exchange was answered with ${seen.method.name}.`);
  return exchange;
}
