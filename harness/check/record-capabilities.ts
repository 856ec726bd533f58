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
    const of = (wanted: string) => own.filter(outcome => outcome === wanted).length;
    return cells(row, { advertised: advertised[row] === true, checks: own.length, hold: of('pass'), broken: of('fail') });
  });
}

/** The same tables of several shards as one; `joined`: the measurements that went into it. */
export function joinCapabilities(measured: readonly Measurement[]): {
  readonly measurements: readonly Measurement[];
  readonly joined: ReadonlySet<Measurement>;
} {
  const joined = measured.filter(({ cell }) => cell?.table === table);
  const rows = [...new Set(joined.flatMap(({ cell }) => cell?.row ?? []))].sort();
  const measurements = rows.flatMap(row => {
    const own = (column: string) => joined.filter(({ cell }) => cell?.row === row && cell.column === column).map(({ value }) => value);
    const sum = (column: string) => own(column).reduce((total: number, value) => total + Number(value), 0);
    return cells(row, { advertised: own('advertised').includes('yes'), checks: sum('checks'), hold: sum('hold'), broken: sum('broken') });
  });
  return { measurements, joined: new Set(joined) };
}

interface Row {
  readonly advertised: boolean;
  readonly checks: number;
  readonly hold: number;
  readonly broken: number;
}

function cells(row: string, counts: Row): readonly Measurement[] {
  const cell = (column: string, value: string | number): Measurement => ({ name: `${table}: ${row}, ${column}`, value, cell: { table, row, column } });
  return [
    cell('advertised', counts.advertised ? 'yes' : 'no'),
    cell('checks', counts.checks),
    cell('hold', counts.hold),
    cell('broken', counts.broken),
    cell('verdict', finding(counts)),
  ];
}

function finding({ advertised, checks, hold, broken }: Row): string {
  if (!advertised) return 'not advertised';
  if (checks === 0) return 'no check of this run asks for it';
  if (broken > 0) return 'not honoured';
  return hold > 0 ? 'honoured' : 'not judged';
}
