import type { Measurement } from './record.ts';
import type { VerdictRecord } from './record-verdicts.ts';

/** A check, and the capabilities in server-properties without which it has nothing to say. */
export interface Asking {
  readonly id: string;
  readonly capabilities: readonly string[];
}

const table = 'Advertised against honoured';

/**
 * What a server says that it can, held against the checks that ask for it: one row for each capability that it names or that a check asks for. A
 * capability that no check asks for is said to be unknown to us, never passed over.
 */
export function capabilityMeasurements(
  advertised: Readonly<Record<string, boolean>>,
  checks: readonly Asking[],
  verdicts: readonly Pick<VerdictRecord, 'check' | 'outcome'>[],
): Measurement[] {
  const outcomes = new Map(verdicts.map(({ check, outcome }) => [check, outcome]));
  const asked = checks.filter(({ id }) => outcomes.has(id)).flatMap(({ id, capabilities }) => capabilities.map(capability => [capability, id] as const));
  const rows = [...new Set([...Object.keys(advertised), ...asked.map(([capability]) => capability)])].sort();
  return rows.flatMap(row => {
    const own = asked.filter(([capability]) => capability === row).map(([, id]) => outcomes.get(id));
    const cell = (column: string, value: string | number): Measurement => ({ name: `${table}: ${row}, ${column}`, value, cell: { table, row, column } });
    return [
      cell('advertised', advertised[row] === true ? 'yes' : 'no'),
      cell('checks', own.length),
      cell('hold', own.filter(outcome => outcome === 'pass').length),
      cell('broken', own.filter(outcome => outcome === 'fail').length),
      cell('verdict', finding(advertised[row] === true, own)),
    ];
  });
}

function finding(advertised: boolean, outcomes: readonly (string | undefined)[]): string {
  if (!advertised) return 'not advertised';
  if (outcomes.length === 0) return 'no check of this run asks for it';
  if (outcomes.includes('fail')) return 'not honoured';
  return outcomes.includes('pass') ? 'honoured' : 'not judged';
}
