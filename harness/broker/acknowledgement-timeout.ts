import type { Core } from './core.ts';
import { closeChannel } from './lifecycle.ts';
import { preconditionFailed } from './refusal.ts';
import type { Channel } from './session.ts';

/** Closes the channel unless the delivery is settled within so many milliseconds: its client is taken to be stuck. */
export function giveUpAfter(core: Core, channel: Channel, deliveryTag: number, timeoutMs: number): void {
  core.at(core.now + timeoutMs, () => {
    if (channel.closed || !channel.ledger.has(deliveryTag)) return;
    const refusal = preconditionFailed(`delivery ${deliveryTag} was not acknowledged within ${timeoutMs} ms`);
    core.emit({ kind: 'refused', connection: channel.connection.id, channel: channel.number, ...refusal, unprovoked: true });
    closeChannel(core, channel);
  });
}
