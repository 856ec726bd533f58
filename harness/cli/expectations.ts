import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse, YAMLParseError } from 'yaml';
import { usage } from './errors.ts';
import schema from './expectations.schema.json' with { type: 'json' };

/** One declared deviation as an expectation file has it. */
export interface Expectation {
  readonly check?: string;
  readonly rule?: string;
  readonly outcome: 'fail' | 'inconclusive' | 'unsupported' | 'not-applicable';
  readonly reaction?: string;
  readonly reason: string;
  readonly link?: string;
  /** Semver range of the broker's versions. */
  readonly versions?: string;
  /** Last day on which the entry counts, as 2026-12-31. */
  readonly until?: string;
}

const validate = new Ajv2020({ allErrors: true }).compile<{ deviations: Expectation[] }>(schema);

/** Reads an expectation file (YAML). Throws a usage error that names the file and the place. */
export async function readExpectations(path: string): Promise<readonly Expectation[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch {
    throw usage(`The expectation file ${path} cannot be read. Check the path after --expect.`);
  }
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    const where = error instanceof YAMLParseError ? error.message.split('\n')[0] : String(error);
    throw usage(`The expectation file ${path} is no valid YAML: ${where}`);
  }
  if (!validate(content)) {
    const first = validate.errors?.[0];
    throw usage(`The expectation file ${path} is wrong at ${first?.instancePath || 'its top'}: ${first?.message ?? 'unknown shape'}.`);
  }
  return content.deviations;
}
