import { Ajv2020 } from 'ajv/dist/2020.js';
import { type Definitions, hostLimits } from '../broker/dialects/amqp091-definitions.ts';
import { type DataFile, readDataFile } from './data-file.ts';
import schema from './definitions.schema.json' with { type: 'json' };

const validate = new Ajv2020({ allErrors: true }).compile<Definitions>(schema);

/** Parts of a RabbitMQ export that this broker does not serve. */
const notServed = ['policies', 'operator_policies', 'parameters', 'topic_permissions'] as const;

/** Reads the file of `--definitions`, YAML or JSON. `leftOut`: parts that hold something and are not served. Rejects with a usage error. */
export async function readDefinitions(path: string): Promise<DataFile<Definitions> & { readonly leftOut: readonly string[] }> {
  const file = await readDataFile(path, 'definitions file', '--definitions', validate);
  const parameters = file.content.parameters?.filter(({ component }) => component !== hostLimits);
  const unserved: Readonly<Record<string, unknown>> = { ...file.content, parameters };
  const leftOut = notServed.filter(part => Array.isArray(unserved[part]) && unserved[part].length > 0);
  return { ...file, leftOut };
}
