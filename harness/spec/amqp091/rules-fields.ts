import type { Rule091 } from '../rule.ts';
import { connectionClose, discarded, errata, grammar, may, mayAnswer, must, mustAnswer, mustByEffect, shouldAnswer, text, xml } from './phrases.ts';

const malformed = [connectionClose(501), connectionClose(502)] as const;

/** Data fields: sections 4.2.5 and 4.9. */
export const fieldRules = {
  'amqp091/4.2.5.1.integers': {
    source: [text('4.2.5.1'), text('2.3.2'), grammar('short-uint'), grammar('long-uint'), grammar('long-long-uint'), errata(15)],
    section: '4.2.5.1',
    statement: 'Integers are unsigned, in network byte order, and need not be aligned.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/4.2.5.2.bits': {
    source: [text('4.2.5.2')],
    section: '4.2.5.2',
    statement: 'Contiguous bits share octets, filled from the low bit of each.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/4.2.5.3.short-string-length': {
    source: [text('4.2.5.3'), text('4.9'), grammar('short-string')],
    section: '4.2.5.3',
    statement: 'A short string holds up to 255 octets, and both peers take all of them.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/4.2.5.3.short-string-zero': {
    source: [text('4.2.5.3'), grammar('string-char'), xml('constant.syntax-error')],
    section: '4.2.5.3',
    statement: 'A short string holds no zero octet.',
    duties: { emit: must, enforce: shouldAnswer(...malformed), 'client-emit': must },
  },
  'amqp091/4.2.5.3.short-string-utf8': {
    source: [text('4.2.5.3'), errata(16)],
    section: '4.2.5.3',
    statement: 'The octets of a short string are UTF-8; since the standard contradicts itself here, a receiver may refuse others or take them as they are.',
    duties: { emit: must, permit: mayAnswer(...malformed, discarded('errata')), 'client-emit': must },
  },
  'amqp091/4.2.5.3.long-string': {
    source: [text('4.2.5.3'), grammar('long-string')],
    section: '4.2.5.3',
    statement: 'A long string holds any octets, zero included.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/4.2.5.4.timestamp': {
    source: [text('4.2.5.4'), grammar('timestamp')],
    section: '4.2.5.4',
    statement: 'A timestamp counts seconds since 1970 in 64 bits, beyond the range of 32.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/4.2.5.5.field-types': {
    source: [
      text('4.2.5.5'),
      grammar('field-value'),
      grammar('boolean'),
      grammar('short-short-int'),
      grammar('short-short-uint'),
      grammar('short-int'),
      grammar('long-int'),
      grammar('long-long-int'),
      grammar('float'),
      grammar('double'),
      errata(3),
    ],
    section: '4.2.5.5',
    statement: 'A field table holds values of every type in the grammar, each behind the octet that names its type.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/4.2.5.5.tag-dialect': {
    source: [grammar('field-value'), errata(3)],
    section: '4.2.5.5',
    statement: 'The octets s, l, U, L and x mean other types in the grammar than in the implementations that the errata describe; either reading is legal.',
    duties: { permit: may },
  },
  'amqp091/4.2.5.5.decimal': {
    source: [text('4.2.5.5'), grammar('decimal-value'), grammar('scale'), errata(3)],
    section: '4.2.5.5',
    statement: 'A decimal is an octet with the number of places and four octets of value, relayed as they are, whatever their sign is taken to be.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/4.2.5.5.array': {
    source: [grammar('field-array'), errata(4)],
    section: '4.2.5.5',
    statement: 'An array is the number of octets of its values as a long, then the values, each behind its type.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/4.2.5.5.nesting': {
    source: [text('4.2.5.5'), grammar('field-value')],
    section: '4.2.5.5',
    statement: 'Tables and arrays may be values of tables and arrays.',
    duties: { emit: must, 'client-emit': must },
  },
  'amqp091/4.2.5.5.nesting-limit': {
    source: [text('4.2.5.5'), grammar('field-value'), xml('constant.resource-error')],
    section: '4.2.5.5',
    statement: 'The standard names no limit to nesting; a receiver may refuse a table nested deeper than it can walk.',
    duties: { permit: mayAnswer(connectionClose(506), connectionClose(502), connectionClose(501), discarded()) },
  },
  'amqp091/4.2.5.5.field-type-unknown': {
    source: [text('4.2.5.5'), text('2.3.6'), grammar('field-value'), xml('constant.syntax-error')],
    section: '4.2.5.5',
    statement: 'A value behind an octet that names no type cannot be decoded and is a connection exception.',
    duties: { enforce: mustAnswer(...malformed), 'client-enforce': mustAnswer(...malformed) },
  },
  'amqp091/4.2.5.5.table-truncated': {
    source: [text('4.2.5.5'), text('2.3.6'), grammar('field-table'), xml('constant.frame-error')],
    section: '4.2.5.5',
    statement: 'A field table whose size reaches beyond the octets that are there cannot be decoded and is a connection exception.',
    duties: { enforce: mustAnswer(...malformed), 'client-enforce': mustAnswer(...malformed) },
  },
  'amqp091/4.2.5.5.value-truncated': {
    source: [text('4.2.5.5'), text('2.3.6'), grammar('field-value-pair'), xml('constant.frame-error')],
    section: '4.2.5.5',
    statement: 'A name or value that reaches beyond the end of its table cannot be decoded and is a connection exception.',
    duties: { enforce: mustAnswer(...malformed), 'client-enforce': mustAnswer(...malformed) },
  },
  'amqp091/4.2.5.5.array-truncated': {
    source: [grammar('field-array'), errata(4), text('2.3.6'), xml('constant.frame-error')],
    section: '4.2.5.5',
    statement: 'An array whose size reaches beyond its table, or a value beyond its array, cannot be decoded and is a connection exception.',
    duties: { enforce: mustAnswer(...malformed), 'client-enforce': mustAnswer(...malformed) },
  },
  'amqp091/4.2.5.5.field-name': {
    source: [text('4.2.5.5'), grammar('field-name')],
    section: '4.2.5.5',
    statement:
      'A field name begins with a letter, $ or # and has at most 128 characters; a server answers another with connection exception 503, called syntax error.',
    duties: { emit: must, enforce: shouldAnswer(connectionClose(503), connectionClose(502)), 'client-emit': must },
  },
  'amqp091/4.2.5.5.duplicate-fields': {
    source: [text('4.2.5.5')],
    section: '4.2.5.5',
    statement: 'A field table holds no name twice; what a receiver does with one that does is undefined.',
    duties: { emit: must, permit: mayAnswer(...malformed, discarded()), 'client-emit': must },
  },
  'amqp091/4.9.table-size': {
    source: [text('4.9')],
    section: '4.9',
    statement: 'Long strings and field tables are limited by a 32-bit size and by the frame that holds them, and by nothing smaller.',
    duties: { emit: mustByEffect, 'client-emit': mustByEffect },
  },
} as const satisfies Readonly<Record<string, Rule091>>;
