import { interopCases } from '../suites/interop/cases.ts';
import type { Note } from './check/record.ts';
import type { InteropRecord, InteropResult } from './check/record-interop.ts';
import { parseShard } from './check/shard.ts';
import { CommandError, usage } from './cli/errors.ts';
import { didYouMean } from './cli/nearest.ts';
import { checkGlobs, pairsWanted, type SelectionOptions } from './cli/select.ts';
import { type ClientName, clientNames, clientRow } from './interop/clients.ts';
import { partsOf } from './interop/matrix.ts';
import { pairIds, play } from './interop/play.ts';
import type { Survey } from './probe/survey.ts';
import type { Target } from './target/target.ts';
import { parseBrokerUrl } from './target/url.ts';

/** Who hears what pairs of real clients do. */
export interface PairsWatch {
  readonly onPrepare: (clients: readonly string[]) => void;
  readonly onResult: (result: InteropResult) => void;
}

/** Which clients are to play which cases. */
export interface Pairs {
  readonly clients: readonly ClientName[];
  readonly wanted: (id: string) => boolean;
}

function clientsNamed(names: SelectionOptions['interop']): readonly ClientName[] {
  if (names === undefined || names === true) return clientNames;
  return names.map(name => {
    const known = clientNames.find(each => each === name);
    if (known === undefined)
      throw usage(`There is no client ${name}.${didYouMean(name, clientNames)} Known: ${clientNames.join(', ')}; the target stands before --interop.`);
    return known;
  });
}

/** The pairs of clients that were asked for, if any. Throws a usage error where they cannot be had in such a run. */
export function pairsAsked(options: SelectionOptions & { readonly safe?: boolean }): Pairs | undefined {
  const clients = clientsNamed(options.interop);
  const wanted = pairsWanted(options, pairIds(interopCases));
  if (wanted === undefined) return undefined;
  if (options.safe === true) throw usage('Pairs of clients do not go with --safe: nothing stands between a client and what it touches.');
  return { clients, wanted: inShard(clients, wanted, options) };
}

/** Whole pairs are shared out, one after the other. Throws a usage error where a shard of pairs alone is left without any. */
function inShard(clients: readonly ClientName[], wanted: Pairs['wanted'], { shard: text, only }: SelectionOptions): Pairs['wanted'] {
  if (text === undefined) return wanted;
  const shard = parseShard(text);
  if (shard === undefined) throw usage(`--shard ${text} is no part of a run; the second of three is written 2/3.`);
  const parts = partsOf({ clients, cases: interopCases, wanted });
  const pairs = [...new Set(parts.map(({ publisher, consumer }) => `${publisher}/${consumer}`))];
  const own = pairs.filter((_, at) => at % shard.of === shard.index - 1);
  if (own.length === 0 && checkGlobs({ ...(only !== undefined && { only }) }) === undefined)
    throw usage(`--shard ${text} is empty: there are ${pairs.length} pairs of clients to share out.`);
  return id => wanted(id) && own.some(pair => id.endsWith(`/${pair}`));
}

interface Play {
  readonly gate: 'must' | 'should';
  readonly seed: number;
  readonly version: string | null;
  readonly signal?: AbortSignal;
  readonly onPairs?: PairsWatch;
}

/** Plays the pairs of clients whose protocols the target speaks. */
export async function playPairs(
  target: Target,
  { protocols }: Survey,
  { clients, wanted }: Pairs,
  { onPairs, ...options }: Play,
): Promise<{ readonly record: InteropRecord; readonly notes: readonly Note[] }> {
  const { host, port, tls, webSocket } = parseBrokerUrl(target.url);
  if (tls || webSocket !== undefined) throw new CommandError('Pairs of clients connect in plain TCP; name the amqp:// port of the broker.');
  const { onPrepare, onResult } = onPairs ?? {};
  const record = await play(target, { ...options, address: { host, port }, protocols, clients, cases: interopCases, wanted, onPrepare, onResult });
  const left = clients.filter(name => !protocols.includes(clientRow(name).protocol));
  const missing = record.clients.filter(client => client.missing !== undefined);
  const notes: readonly Note[] = [
    ...(left.length === 0 ? [] : [{ kind: 'other' as const, text: `The target does not speak the protocol of ${left.join(', ')}: no pairs with them.` }]),
    ...missing.map(client => ({ kind: 'other' as const, text: `${client.name} was not run: ${client.missing}.` })),
  ];
  return { record: redacted(record, target.credentials), notes };
}

/** A client may repeat what it was given. */
function redacted(record: InteropRecord, { user, password }: Target['credentials']): InteropRecord {
  if (password === '' || password === user) return record;
  const results = record.results.map(result => ({ ...result, ...(result.message !== undefined && { message: result.message.replaceAll(password, '…') }) }));
  return { ...record, results };
}
