import { readToken } from './arranged-tokens.ts';
import { type RunningBroker, startBroker } from './reference.ts';
import type { FromBroker, ToBroker } from './reference-messages.ts';

/** The reference broker in a process of its own: its parent says how it is to be, and it ends with its parent. */
let broker: RunningBroker | undefined;

async function carryOut(message: ToBroker): Promise<FromBroker> {
  if (message.kind === 'start') {
    broker = await startBroker({ ...message.options, tokens: readToken });
    return { kind: 'accepting', port: broker.port, tlsPort: broker.tlsPort, webSocketPort: broker.webSocketPort };
  }
  if (message.kind === 'stop') await broker?.close();
  else broker?.alarm(message.resource, message.raised);
  return { kind: 'done' };
}

process.on('message', (message: ToBroker) => {
  carryOut(message)
    .catch((error: unknown): FromBroker => ({ kind: 'refused', why: error instanceof Error ? error.message : String(error) }))
    .then(answer => process.send?.(answer));
});

process.once('disconnect', () => process.exit(0));
// The parent decides what an interrupt in the terminal, which reaches the whole group, is to end.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => {});
