import type { Core } from './core.ts';
import type { Connection } from './session.ts';

/** Asks a connection that publishes to wait while something is scarce. */
export function holdIfFull(core: Core, connection: Connection): void {
  const { alarms, holding } = core;
  if (connection.held || (alarms.size === 0 && !core.full)) return;
  connection.held = true;
  holding.add(connection);
  const scarce = alarms.size === 0 ? 'memory' : [...alarms].join(' and ');
  core.emit({ kind: 'hold', connection: connection.id, held: true, reason: `low on ${scarce}` });
}

/** So many messages have left memory, whose bodies had that many octets together. */
export function letGo(core: Core, octets: number, messages: number): void {
  core.heldOctets -= octets;
  core.heldMessages -= messages;
  if (core.holding.size > 0) releaseHeld(core);
}

/** Lets connections publish again once nothing is scarce any more. */
export function releaseHeld(core: Core): void {
  if (core.alarms.size > 0 || !core.roomy) return;
  for (const connection of core.holding) {
    connection.held = false;
    core.emit({ kind: 'hold', connection: connection.id, held: false, reason: '' });
  }
  core.holding.clear();
}
