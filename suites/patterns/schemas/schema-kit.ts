/** One schema with a way to make bodies of it and to tell whether a body is one. */
export interface SchemaKit {
  /** As content-type says it. */
  readonly contentType: string;
  /** Names the schema in the headers of a message, as schema registries do. */
  readonly headers: Readonly<Record<string, string>>;
  /** A body made from a value that `random` (0 inclusive to 1 exclusive) decides; `records` of the repeated part. */
  body(random: () => number, records: number): Uint8Array;
  /** The shortest body that the schema allows. */
  smallest(): Uint8Array;
  /** Why this is no body of the schema; undefined where it is one, and encodes to the same octets again where its format has one encoding only. */
  refuses(body: Uint8Array): string | undefined;
}

export type Format = 'json' | 'avro' | 'protobuf';

/** The kit of a format. What it needs is loaded when it is first asked for, since the libraries take longer to load than most checks to run. */
export const kits: Readonly<Record<Format, () => Promise<SchemaKit>>> = {
  json: once(async () => (await import('./json-schema.ts')).jsonKit()),
  avro: once(async () => (await import('./avro.ts')).avroKit()),
  protobuf: once(async () => (await import('./protobuf.ts')).protobufKit()),
};

function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | undefined;
  return () => {
    loaded ??= load();
    return loaded;
  };
}
