import type { Protocol } from '../spec/catalogue.ts';
import type { Program } from './client-process.ts';
import { goProgram, javaProgram, nodeProgram, pythonProgram, type Workshop } from './toolchain.ts';

/** A fault that a client is known to have: in cases that match, as publisher or consumer. */
export interface ClientFault {
  /** A glob of case ids. */
  readonly cases: string;
  readonly as: 'publisher' | 'consumer';
  readonly reason: string;
  readonly source: string;
}

/** A client library with its adapter. One more client is one more row and one more adapter. */
export interface ClientRow {
  readonly protocol: Protocol;
  readonly language: string;
  /** Rejects with a MissingError where its toolchain is not here. */
  readonly prepare: (shop: Workshop) => Promise<Program>;
  readonly faults?: readonly ClientFault[];
}

const pikaFaults: readonly ClientFault[] = [
  {
    cases: 'application/{float,double}',
    as: 'consumer',
    reason: 'a floating-point header is cut to a whole number when it is read',
    source: 'https://github.com/pika/pika/blob/main/pika/data.py (decode_value, kinds f and d)',
  },
];

const rheaFaults: readonly ClientFault[] = [
  {
    cases: '{settle/received-settled,pattern/competing-consumers,pattern/publish-subscribe}',
    as: 'consumer',
    reason:
      'a receiver takes no notice of the initial-delivery-count of its sender; where that is not zero, a broker reads more credit out of its flow than it gave',
    source: 'https://github.com/amqp/rhea/blob/main/lib/link.js (Receiver, delivery_count)',
  },
];

const protonFaults: readonly ClientFault[] = [
  {
    cases: 'body/{data,sequence}-many',
    as: 'consumer',
    reason: 'of several sections of a body the last one is kept',
    source: 'https://github.com/apache/qpid-proton/blob/main/c/src/core/message.c (pn_message_decode)',
  },
  {
    cases: 'body/value-null',
    as: 'publisher',
    reason: 'a body of null is sent as no body at all',
    source: 'https://github.com/apache/qpid-proton/blob/main/python/proton/_message.py (Message._pre_encode)',
  },
];

const goFaults: readonly ClientFault[] = [
  {
    cases: '{application,body}/{value-,}{char,decimal32,decimal64,decimal128}',
    as: 'consumer',
    reason: 'it does not know these types, and detaches the link on which one comes',
    source: 'https://github.com/Azure/go-amqp/blob/main/internal/encoding/decode.go (ReadAny)',
  },
  {
    cases: '{application,body}/{value-,}symbol',
    as: 'consumer',
    reason: 'a symbol is given to the application as a string, on purpose',
    source: 'https://github.com/Azure/go-amqp/blob/main/internal/encoding/decode.go (ReadAny, Sym8 and Sym32)',
  },
  {
    cases: 'body/value-array-int',
    as: 'publisher',
    reason: 'an array of int without a number above 127 is written in one octet each, numbers below -128 too',
    source: 'https://github.com/Azure/go-amqp/blob/main/internal/encoding/types.go (arrayInt32.Marshal)',
  },
];

const protonj2Faults: readonly ClientFault[] = [
  {
    cases: '{application,body}/{value-,}timestamp',
    as: 'consumer',
    reason: 'a timestamp is given to the application as a long',
    source:
      'https://github.com/apache/qpid-protonj2/blob/main/protonj2/src/main/java/org/apache/qpid/protonj2/codec/decoders/primitives/TimestampTypeDecoder.java',
  },
  {
    cases: 'body/value-list',
    as: 'publisher',
    reason: 'a list with null in it cannot be written',
    source: 'https://github.com/apache/qpid-protonj2/blob/main/protonj2/src/main/java/org/apache/qpid/protonj2/codec/encoders/primitives/ListTypeEncoder.java',
  },
];

const node = (module: string, range: string) => (shop: Workshop) => nodeProgram(shop, module, range, `${module}.js`);
const python = (module: string) => (shop: Workshop) => pythonProgram(shop, module);

export const clients = {
  amqplib: { protocol: '0-9-1', language: 'JavaScript', prepare: node('amqplib', '^2.0.0') },
  pika: { protocol: '0-9-1', language: 'Python', prepare: python('pika'), faults: pikaFaults },
  'rabbitmq-java': { protocol: '0-9-1', language: 'Java', prepare: shop => javaProgram(shop, 'interop.RabbitClient') },
  rhea: { protocol: '1.0', language: 'JavaScript', prepare: node('rhea', '^3.0.0'), faults: rheaFaults },
  proton: { protocol: '1.0', language: 'Python', prepare: python('proton'), faults: protonFaults },
  'go-amqp': { protocol: '1.0', language: 'Go', prepare: goProgram, faults: goFaults },
  protonj2: { protocol: '1.0', language: 'Java', prepare: shop => javaProgram(shop, 'interop.ProtonClient'), faults: protonj2Faults },
} as const satisfies Readonly<Record<string, ClientRow>>;

export type ClientName = keyof typeof clients;

export const clientNames = Object.keys(clients) as readonly ClientName[];

export const clientRow = (name: ClientName): ClientRow => clients[name];
