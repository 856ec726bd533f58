import { readFile } from 'node:fs/promises';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { type CommandError, usage } from './errors.ts';

/** Where in a file, as keys and indices from its top. */
export type Place = readonly (string | number)[];

export interface DataFile<T> {
  readonly content: T;
  /** A usage error that names file, place and line. */
  wrongAt(place: Place, reason: string): CommandError;
}

/**
 * Reads a file of YAML or JSON that a schema describes. `what` names it, as `facilities file`, and `option` whose value its path is. Rejects with a usage
 * error that names file, line and place in one sentence, and no value.
 */
export async function readDataFile<T>(path: string, what: string, option: string, validate: ValidateFunction<T>): Promise<DataFile<T>> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw usage(`The ${what} ${path} cannot be read. Check the path after ${option}.`);
  });
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [broken] = document.errors;
  if (broken !== undefined) throw usage(`The ${what} ${path} is no valid YAML: line ${lines.linePos(broken.pos[0]).line}: ${broken.message.split('\n')[0]}`);
  const wrongAt = (place: Place, reason: string) => {
    const node = place.length === 0 ? document.contents : document.getIn(place, true);
    const offset = isNode(node) ? node.range?.[0] : undefined;
    const where = place.length === 0 ? 'its top' : `/${place.join('/')}`;
    return usage(`The ${what} ${path} is wrong at ${where}${offset === undefined ? '' : `, line ${lines.linePos(offset).line}`}: ${reason}.`);
  };
  const content: unknown = document.toJS() ?? {};
  if (validate(content)) return { content, wrongAt };
  const [first] = validate.errors ?? [];
  throw first === undefined ? wrongAt([], 'unknown shape') : wrongAt(placeOf(first), reasonOf(first));
}

function placeOf({ instancePath }: ErrorObject): Place {
  return instancePath
    .split('/')
    .slice(1)
    .map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function reasonOf({ message = 'unknown shape', params }: ErrorObject): string {
  return 'additionalProperty' in params ? `${message}: ${String(params['additionalProperty'])}` : message;
}
