import type { BrokerOptions } from './broker.ts';
import type { CoreSettings } from './core.ts';
import { defaultEntityLimits } from './limits.ts';
import type { Recall } from './paging.ts';
import { noQuotas } from './quotas.ts';
import { textReadings } from './readings.ts';

/** As measured with small transient messages of 0-9-1 clients: header, frames, and their places in queue and heap. */
const usualOverheadOctets = 768;

/** The settings of the core, where they were left out by their defaults. */
export function settingsOf(options: BrokerOptions): CoreSettings {
  return {
    virtualHosts: options.virtualHosts ?? ['/'],
    permissions: options.permissions ?? {},
    readings: options.readings ?? textReadings,
    windowOctets: options.windowOctets ?? 256 * 1024,
    memoryOctets: options.memoryOctets ?? 512 * 1024 * 1024,
    pageOctets: options.pageOctets ?? 64 * 1024 * 1024,
    overheadOctets: options.overheadOctets ?? usualOverheadOctets,
    limits: { ...defaultEntityLimits, ...options.limits },
    quotas: options.quotas ?? noQuotas,
    uniqueName: options.uniqueName ?? counter(),
  };
}

/** Reads single messages, where the store gives them. */
export function recallFrom({ store, revive }: BrokerOptions): Recall | undefined {
  if (store.read === undefined || revive === undefined) return undefined;
  const read = store.read.bind(store);
  return ({ virtualHost, name }, position) => revive(read(virtualHost, name, position));
}

function counter(): () => string {
  let last = 0;
  return () => {
    last += 1;
    return `${last}`;
  };
}
