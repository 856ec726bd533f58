import picomatch from 'picomatch';
import { profiles } from '../../fixtures/brokers/index.ts';
import { plural } from '../../reports/words.ts';
import { interopCases } from '../../suites/interop/cases.ts';
import { type ClientName, clientNames, clientRow } from '../interop/clients.ts';
import { pairIds } from '../interop/play.ts';
import type { Case } from '../interop/scene.ts';

/** A client library: what it speaks, and its known faults. */
export function clientItems() {
  return clientNames.map(name => {
    const { protocol, language, faults = [] } = clientRow(name);
    const text = `AMQP ${protocol}, ${language}, ${plural(faults.length, 'known fault')}${faults.map(each => `\n    as ${each.as} in ${each.cases}: ${each.reason}`).join('')}`;
    return { id: name as string, text, data: { name, protocol, language, faults } };
  });
}

const titleOf = (own: readonly Case[]): string => own[0]?.title ?? '';
const rulesOf = (own: readonly Case[]): Readonly<Record<string, string>> =>
  Object.assign({}, ...own.map(({ rules }) => rules)) as Readonly<Record<string, string>>;

/** A case that pairs of clients play, by the id with which `--only` begins to choose it. */
export function pairItems() {
  const names = [...new Set(interopCases.map(({ id }) => id))];
  const all = pairIds(interopCases);
  return names.map(name => {
    const own = interopCases.filter(({ id }) => id === name);
    const count = all.filter(id => id.startsWith(`interop/${name}/`)).length;
    return {
      id: `interop/${name}`,
      text: `${titleOf(own)}; ${plural(count, 'pair')}`,
      data: { id: `interop/${name}`, title: titleOf(own), rules: rulesOf(own), pairs: count },
    };
  });
}

type Line = readonly [name: string, text: string];

/** What is known of a case, or of one exchange, or of a client; undefined for none of these. */
export function pairLines(id: string): readonly Line[] | undefined {
  const client = clientNames.find(name => name === id);
  if (client !== undefined) return clientLines(client);
  const own = interopCases.filter(each => id === `interop/${each.id}` || id.startsWith(`interop/${each.id}/`));
  const ids = pairIds(interopCases).filter(each => each === id || each.startsWith(`${id}/`));
  if (own.length === 0 || ids.length === 0) return undefined;
  const [name = ''] = own.map(each => each.id);
  const faults = clientNames.flatMap(each =>
    (clientRow(each).faults ?? []).filter(({ cases }) => picomatch.isMatch(name, cases)).map(fault => [each, fault] as const),
  );
  const declared = Object.values(profiles).flatMap(({ name: broker, interop = [] }) =>
    interop.filter(({ cases }) => ids.some(each => picomatch.isMatch(each, cases))).map(deviation => [broker, deviation] as const),
  );
  return [
    ['pairs play', name],
    ['title', titleOf(own)],
    ...Object.entries(rulesOf(own)).map(([kind, rule]): Line => [kind, rule === 'observed' ? 'observed: no standard decides' : rule]),
    ['exchanges', String(ids.length)],
    ...faults.map(([each, { as, reason, source }]): Line => ['client', `${each} as ${as}: ${reason} (${source})`]),
    ...declared.map(
      ([broker, { reason, source, versions }]): Line => ['broker', `${broker}${versions === undefined ? '' : ` ${versions}`}: ${reason} (${source})`],
    ),
    ['play it', `amqpspec run URL --only '${id === `interop/${name}` ? `${id}/**` : id}'`],
  ];
}

function clientLines(name: ClientName): readonly Line[] {
  const { protocol, language, faults = [] } = clientRow(name);
  return [
    ['client', name],
    ['speaks', `AMQP ${protocol}`],
    ['language', language],
    ...faults.map(({ cases, as, reason, source }): Line => ['known fault', `as ${as} in ${cases}: ${reason} (${source})`]),
    ['play it', `amqpspec run URL --interop ${name} --only 'interop/**'`],
  ];
}
