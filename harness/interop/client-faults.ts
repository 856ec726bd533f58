import picomatch from 'picomatch';
import type { InteropResult } from '../check/record-interop.ts';
import { type ClientFault, type ClientName, clientNames, clientRow } from './clients.ts';

/** How adapters tell that there was no connection, or no more: no fault of a client's in what it sends or reads explains that. */
const lost = /\bdisconnected\b|ECONNREFUSED|ECONNRESET|connection refused/i;

/** Whether an exchange is one in which this client's fault may show. */
export function concerns(client: ClientName, { cases, as }: ClientFault, result: Pick<InteropResult, 'case' | 'publisher' | 'consumer'>): boolean {
  return result[as] === client && picomatch.isMatch(result.case, cases);
}

/** A known fault of one of the two clients that explains a failure. */
export function clientFault(came: Pick<InteropResult, 'case' | 'publisher' | 'consumer' | 'message'>): ClientFault | undefined {
  if (lost.test(came.message ?? '')) return undefined;
  for (const name of [came.publisher, came.consumer]) {
    const known = clientNames.find(each => each === name);
    const fault = known === undefined ? undefined : clientRow(known).faults?.find(each => concerns(known, each, came));
    if (fault !== undefined) return fault;
  }
  return undefined;
}
